// The kernels of batch normalisation against the CPU: emulated in adverse executions, and on a GPU where there is one.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "tests/kernels/norm/batch_norm_bounds.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

class BatchNorm : public ::testing::TestWithParam<BatchNormCase> {};

TEST_P(BatchNorm, Emulated) {
  test_emulated(BatchNormTrainingCase(GetParam()));
  test_emulated(BatchNormInferenceCase(GetParam()));
  test_emulated(BatchNormBackwardCase(GetParam()));
}

TEST_P(BatchNorm, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_all_types(Device::cuda, BatchNormTrainingCase(GetParam()));
  test_all_types(Device::cuda, BatchNormInferenceCase(GetParam()));
  test_all_types(Device::cuda, BatchNormBackwardCase(GetParam()));
}

TEST_P(BatchNorm, CpuInEachType) {
  test_all_types(Device::cpu, BatchNormTrainingCase(GetParam()));
  test_all_types(Device::cpu, BatchNormInferenceCase(GetParam()));
  test_all_types(Device::cpu, BatchNormBackwardCase(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Cases, BatchNorm, ::testing::ValuesIn(batch_norm_cases()),
                         [](auto const& test) { return test.param.name; });

/// y, mean and rstd of a training pass.
struct Results {
  std::vector<f32> y, mean, rstd;
};

Results train(Device device, BatchNormShape const& shape, std::vector<f32> const& x) {
  BatchNormTrainingArgs<f32> a = {.shape = shape};
  bench::Operands const operands(memory_of(device), a, [&](std::string_view name, i64 count, u64) {
    if (name == "x") return x;
    return std::vector<f32>(static_cast<std::size_t>(name == "gamma" || name == "beta" ? count : 0), 1.0f);
  });
  auto const& operation = batch_norm_training<f32>;
  (device == Device::cpu ? operation.cpu : operation.emulated)(a, {});
  return {operands.values("y"), operands.values("mean"), operands.values("rstd")};
}

// PyTorch gives the channel NaN, or an infinite mean. The other channels do not notice.
TEST(BatchNormInfinity, MakesItsChannelNaN) {
  for (Device const device : {Device::cpu, Device::emulated})
    for (i64 const row : {0, 70, 299}) {
      std::vector<f32> x = uniform(300 * 4, 1);
      Results const before = train(device, {300, 4}, x);
      x[static_cast<std::size_t>(row * 4 + 2)] = HUGE_VALF;
      Results const after = train(device, {300, 4}, x);
      for (std::size_t i = 0; i < x.size(); ++i)
        EXPECT_TRUE(i % 4 == 2 ? std::isnan(after.y[i]) : after.y[i] == before.y[i]) << i << " of row " << row;
      for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_TRUE(i == 2 ? std::isnan(after.mean[i]) : after.mean[i] == before.mean[i]);
        EXPECT_TRUE(i == 2 ? std::isnan(after.rstd[i]) : after.rstd[i] == before.rstd[i]);
      }
    }
}

TEST(BatchNormErrors, NameTheValue) {
  f32 some[2] = {};
  for (auto* const training : {emulated::batch_norm_training<f32>, cpu::batch_norm_training<f32>}) {
    EXPECT_EQ(error_of([&] {
                training({.shape = {-1, 2}}, {});
              }),
              "[batch_norm_training] sizes must not be negative: rows=-1, channels=2");
    EXPECT_EQ(error_of([&] {
                training({.shape = {3, 2}}, {});
              }),
              "[batch_norm_training] x is null, but has 6 elements");
  }
  for (auto* const inference : {emulated::batch_norm_inference<f32>, cpu::batch_norm_inference<f32>}) {
    EXPECT_EQ(error_of([&] {
                inference({.shape = {0, 2}, .gamma = some, .beta = some}, {});
              }),
              "[batch_norm_inference] running_mean is null, but has 2 elements");
    EXPECT_EQ(error_of([&] {
                inference({.shape = {0, 2}, .epsilon = -1}, {});
              }),
              "[batch_norm_inference] epsilon must not be negative or NaN: epsilon=-1");
  }
  for (auto* const backward : {emulated::batch_norm_backward<f32>, cpu::batch_norm_backward<f32>}) {
    BatchNormBackwardArgs<f32> a = {.shape = {1, 2}, .x = some, .dy = some, .gamma = some, .beta = some};
    a.mean = a.rstd = some;
    EXPECT_EQ(error_of([&] { backward(a, {}); }), "[batch_norm_backward] dx is null, but has 2 elements");
    a.dx = a.dgamma = a.dbeta = some;
    u8 const bits = 3;
    a.positive = &bits;
    EXPECT_EQ(error_of([&] { backward(a, {}); }),
              "[batch_norm_backward] positive is for relu: leave it null, and give the residual");
  }
}

TEST(BatchNormErrors, WorkspaceTooSmall) {
  f32 values[4] = {};
  BatchNormTrainingArgs<f32> const a = {.shape = {2, 2},
                                        .x = values,
                                        .gamma = values,
                                        .beta = values,
                                        .y = values,
                                        .mean = values,
                                        .rstd = values,
                                        .workspace = {values, 8}};
  EXPECT_EQ(error_of([&] { emulated::batch_norm_training(a, {}); }),
            "[batch_norm_training] workspace is too small or null: 8 bytes, needs 80");
}

TEST(BatchNormCost, CountsEachTensorOnce) {
  BatchNormBackwardArgs<bf16> a = {.shape = {8192, 512}, .activation = Activation::relu};
  EXPECT_EQ(cost(a).bytes(), 3.0 * 8192 * 512 * 2 + 6 * 4 * 512);
  bf16 const one(1);
  a.residual = &one;
  EXPECT_EQ(cost(a).bytes(), 4.0 * 8192 * 512 * 2 + 6 * 4 * 512);
}

}  // namespace
}  // namespace heddle::testing
