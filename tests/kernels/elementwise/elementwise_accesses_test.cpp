// Every access of the elementwise kernels: none races, none is out of bounds.
#include "kernels/machine/host/checker/access_checker.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "tests/kernels/elementwise/chain_reference.h"

namespace heddle::testing {
namespace {

class ChainAccesses : public ::testing::TestWithParam<ChainCase> {};

TEST_P(ChainAccesses, AreInOrder) {
  emulated::AccessChecker checker;
  emulated::ScopedExecution const execution({.order = emulated::ThreadOrder::random, .seed = 3, .observer = &checker});
  test_operation<f32>(Device::emulated, ChainForwardCase(GetParam()));
  test_operation<f32>(Device::emulated, ChainBackwardCase(GetParam()));
  test_operation<bf16>(Device::emulated, ChainForwardCase(GetParam()));
  test_operation<bf16>(Device::emulated, ChainBackwardCase(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Cases, ChainAccesses, ::testing::ValuesIn(chain_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
