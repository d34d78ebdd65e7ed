// Every access of the kernels of the normalisation of rows: none races, none is out of bounds.
#include "kernels/machine/host/checker/access_checker.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "tests/kernels/norm/row_norm_cases.h"

namespace heddle::testing {
namespace {

class RowNormAccesses : public ::testing::TestWithParam<RowNormCase> {};

TEST_P(RowNormAccesses, AreInOrder) {
  emulated::AccessChecker checker;
  emulated::ScopedExecution const execution({.order = emulated::ThreadOrder::random,
                                             .seed = 3,
                                             .completion = emulated::Completion::random,
                                             .architecture = GetParam().architecture,
                                             .observer = &checker});
  for_each_row_norm(GetParam(), [](auto const& c) {
    test_operation<f32>(Device::emulated, c);
    if (!c.c.once) test_operation<bf16>(Device::emulated, c);
  });
}

INSTANTIATE_TEST_SUITE_P(Cases, RowNormAccesses, ::testing::ValuesIn(row_norm_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
