// Every access of the kernels of softmax: none races, none is out of bounds.
#include "kernels/machine/host/checker/access_checker.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "tests/kernels/softmax/softmax_reference.h"

namespace heddle::testing {
namespace {

class SoftmaxAccesses : public ::testing::TestWithParam<SoftmaxCase> {};

TEST_P(SoftmaxAccesses, AreInOrder) {
  emulated::AccessChecker checker;
  emulated::ScopedExecution const execution({.order = emulated::ThreadOrder::random,
                                             .seed = 3,
                                             .completion = emulated::Completion::random,
                                             .architecture = GetParam().architecture,
                                             .observer = &checker});
  for_each_pass(GetParam(), [](auto const& c) {
    test_operation<f32>(Device::emulated, c);
    if (!c.c.once) test_operation<bf16>(Device::emulated, c);
  });
}

INSTANTIATE_TEST_SUITE_P(Cases, SoftmaxAccesses, ::testing::ValuesIn(softmax_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
