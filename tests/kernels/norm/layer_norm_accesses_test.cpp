// Every access of the kernels of layer normalisation: none races, none is out of bounds.
#include "kernels/machine/host/checker/access_checker.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "tests/kernels/norm/layer_norm_reference.h"

namespace heddle::testing {
namespace {

class LayerNormAccesses : public ::testing::TestWithParam<LayerNormCase> {};

TEST_P(LayerNormAccesses, AreInOrder) {
  emulated::AccessChecker checker;
  emulated::ScopedExecution const execution({.order = emulated::ThreadOrder::random,
                                             .seed = 3,
                                             .completion = emulated::Completion::random,
                                             .observer = &checker});
  auto const test = [](auto const& c) {
    test_operation<f32>(Device::emulated, c);
    if (!c.c.once) test_operation<bf16>(Device::emulated, c);
  };
  test(LayerNormForwardCase(GetParam()));
  test(LayerNormBackwardCase(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Cases, LayerNormAccesses, ::testing::ValuesIn(layer_norm_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
