// Every access of the kernels of group normalisation: none races, none is out of bounds.
#include "kernels/machine/host/checker/access_checker.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "tests/kernels/norm/group_norm_bounds.h"

namespace heddle::testing {
namespace {

class GroupNormAccesses : public ::testing::TestWithParam<GroupNormCase> {};

TEST_P(GroupNormAccesses, AreInOrder) {
  emulated::AccessChecker checker;
  emulated::ScopedExecution const execution({.order = emulated::ThreadOrder::random,
                                             .seed = 3,
                                             .completion = emulated::Completion::random,
                                             .observer = &checker});
  auto const test = [](auto const& c) {
    test_operation<f32>(Device::emulated, c);
    test_operation<bf16>(Device::emulated, c);
  };
  test(GroupNormForwardCase(GetParam()));
  test(GroupNormBackwardCase(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Cases, GroupNormAccesses, ::testing::ValuesIn(group_norm_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
