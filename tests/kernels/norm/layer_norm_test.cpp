// The kernels of layer normalisation against the CPU: emulated in adverse executions, and on a GPU where there is one.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "kernels/norm/layer_norm_config.h"
#include "tests/kernels/norm/layer_norm_reference.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

class LayerNorm : public ::testing::TestWithParam<LayerNormCase> {};

TEST_P(LayerNorm, Emulated) {
  test_emulated(LayerNormForwardCase(GetParam()), GetParam().once);
  test_emulated(LayerNormBackwardCase(GetParam()), GetParam().once);
}

TEST_P(LayerNorm, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_all_types(Device::cuda, LayerNormForwardCase(GetParam()));
  test_all_types(Device::cuda, LayerNormBackwardCase(GetParam()));
}

TEST_P(LayerNorm, CpuInEachType) {
  test_all_types(Device::cpu, LayerNormForwardCase(GetParam()));
  test_all_types(Device::cpu, LayerNormBackwardCase(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Cases, LayerNorm, ::testing::ValuesIn(layer_norm_cases()),
                         [](auto const& test) { return test.param.name; });

// Each candidate is the choice of some case, so that the list above runs them all.
template <std::size_t count>
void expect_all_chosen(LayerNormConfig const (&candidates)[count]) {
  for (LayerNormConfig const& config : candidates) {
    bool chosen = false;
    for (LayerNormCase const& c : layer_norm_cases())
      for (i64 const bytes : {2, 4})
        chosen |= c.shape.rows > 0 && config == choose(candidates, c.shape, bytes, c.offset == 0);
    EXPECT_TRUE(chosen) << config.threads_per_row << " threads, " << config.accesses << " accesses";
  }
}

TEST(LayerNormConfigs, AreAllTested) {
  expect_all_chosen(layer_norm_forward_configs);
  expect_all_chosen(layer_norm_backward_configs);
}

TEST(LayerNormErrors, NameTheValue) {
  LayerNormForwardArgs<f32> a;
  a.shape = {-1, 4};
  EXPECT_EQ(error_of([&] { emulated::layer_norm_forward(a, {}); }),
            "[layer_norm_forward] sizes must not be negative: rows=-1, columns=4");
  a.shape = {2, 4};
  EXPECT_EQ(error_of([&] { emulated::layer_norm_forward(a, {}); }),
            "[layer_norm_forward] x is null, but has 8 elements");
  EXPECT_EQ(error_of([&] { cpu::layer_norm_forward(a, {}); }), "[layer_norm_forward] x is null, but has 8 elements");
}

TEST(LayerNormErrors, WorkspaceTooSmall) {
  f32 values[4] = {};
  LayerNormBackwardArgs<f32> const a = {.shape = {2, 2},
                                        .x = values,
                                        .dy = values,
                                        .gamma = values,
                                        .mean = values,
                                        .rstd = values,
                                        .dx = values,
                                        .dgamma = values,
                                        .dbeta = values,
                                        .workspace = {values, 8}};
  EXPECT_EQ(error_of([&] { emulated::layer_norm_backward(a, {}); }),
            "[layer_norm_backward] workspace is too small or null: 8 bytes, needs 32");
}

TEST(LayerNormCost, CountsEachTensorOnce) {
  EXPECT_EQ(cost(LayerNormForwardArgs<bf16>{.shape = {8192, 4096}}).bytes(),
            2.0 * 8192 * 4096 * 2 + 8 * 4096 + 8 * 8192);
  EXPECT_EQ(cost(LayerNormBackwardArgs<bf16>{.shape = {8192, 4096}, .workspace = {}}).bytes(),
            3.0 * 8192 * 4096 * 2 + 12 * 4096 + 8 * 8192);
}

}  // namespace
}  // namespace heddle::testing
