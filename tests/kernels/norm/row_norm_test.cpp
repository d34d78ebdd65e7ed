// The kernels that normalise rows against the CPU: emulated in adverse executions, and on a GPU where there is one.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "kernels/norm/row_norm_config.h"
#include "tests/kernels/norm/row_norm_cases.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

class RowNorm : public ::testing::TestWithParam<RowNormCase> {};

TEST_P(RowNorm, Emulated) {
  for_each_row_norm(GetParam(),
                    [](auto const& c) { test_emulated(c, {.architecture = c.c.architecture, .once = c.c.once}); });
}

TEST_P(RowNorm, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  for_each_row_norm(GetParam(), [](auto const& c) { test_all_types(Device::cuda, c); });
}

TEST_P(RowNorm, CpuInEachType) {
  for_each_row_norm(GetParam(), [](auto const& c) { test_all_types(Device::cpu, c); });
}

INSTANTIATE_TEST_SUITE_P(Cases, RowNorm, ::testing::ValuesIn(row_norm_cases()),
                         [](auto const& test) { return test.param.name; });

// Each candidate is the choice of some case, so that the list above runs them all.
template <std::size_t count>
void expect_all_chosen(RowConfig const (&candidates)[count]) {
  for (RowConfig const& config : candidates) {
    bool chosen = false;
    for (RowNormCase const& c : row_norm_cases())
      for (i64 const bytes : {2, 4})
        chosen |=
            c.shape.rows > 0 && config == choose(candidates, c.shape.columns, {bytes, c.offset == 0, c.architecture});
    EXPECT_TRUE(chosen) << config.threads_per_row << " threads, " << config.accesses << " accesses";
  }
}

TEST(RowNormConfigs, AreAllTested) {
  expect_all_chosen(row_norm_forward_configs);
  expect_all_chosen(row_norm_backward_configs);
}

TEST(RowNormErrors, NameTheValue) {
  LayerNormForwardArgs<f32> a;
  a.shape = {-1, 4};
  EXPECT_EQ(error_of([&] { emulated::layer_norm_forward(a, {}); }),
            "[layer_norm_forward] sizes must not be negative: rows=-1, columns=4");
  a.shape = {2, 4};
  EXPECT_EQ(error_of([&] { emulated::layer_norm_forward(a, {}); }),
            "[layer_norm_forward] x is null, but has 8 elements");
  EXPECT_EQ(error_of([&] { cpu::layer_norm_forward(a, {}); }), "[layer_norm_forward] x is null, but has 8 elements");
}

TEST(RowNormErrors, WorkspaceTooSmall) {
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

TEST(RowNormCost, CountsEachTensorOnce) {
  EXPECT_EQ(cost(LayerNormForwardArgs<bf16>{.shape = {8192, 4096}}).bytes(),
            2.0 * 8192 * 4096 * 2 + 8 * 4096 + 8 * 8192);
  EXPECT_EQ(cost(LayerNormBackwardArgs<bf16>{.shape = {8192, 4096}, .workspace = {}}).bytes(),
            3.0 * 8192 * 4096 * 2 + 12 * 4096 + 8 * 8192);
}

}  // namespace
}  // namespace heddle::testing
