// Every access of the kernels of the optimizers: none races, none is out of bounds.
#include "kernels/machine/host/checker/access_checker.h"
#include "tests/kernels/optimizer/optimizer_cases.h"

namespace heddle::testing {
namespace {

class OptimizerAccesses : public ::testing::TestWithParam<OptimizerCase> {};

TEST_P(OptimizerAccesses, AreInOrder) {
  emulated::AccessChecker checker;
  emulated::ScopedExecution const execution({.order = emulated::ThreadOrder::random,
                                             .seed = 3,
                                             .completion = emulated::Completion::random,
                                             .observer = &checker});
  test_optimizers<f32>(Device::emulated, GetParam());
  test_optimizers<bf16>(Device::emulated, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Cases, OptimizerAccesses, ::testing::ValuesIn(optimizer_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
