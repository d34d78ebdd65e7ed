// The same operation on the CPU and through the CUDA launchers on the emulator.
#include "ops/norm.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"

namespace heddle {
namespace {

constexpr i64 rows = 7, columns = 50;

Tensor forward_on(Device device) {
  Tensor const x = Tensor::from(testing::uniform(rows * columns, 1), {rows, columns}, device);
  Tensor const gamma = Tensor::from(testing::uniform(columns, 2), {columns}, device);
  Tensor const beta = Tensor::from(testing::uniform(columns, 3), {columns}, device);
  return ops::layer_norm(x, gamma, beta);
}

TEST(LayerNormOp, AgreesOnCpuAndEmulator) {
  auto const expected = forward_on(Device::cpu).to_vector<f32>();
  // Sums of 50 terms of magnitude 1, then a division by a deviation of about 0.6.
  EXPECT_TRUE(testing::within(forward_on(Device::emulated).to_vector<f32>(), expected,
                              testing::accumulation_bound<f32>(columns, 4)));
}

TEST(LayerNormOp, RefusesMixedDevicesAndShapes) {
  Tensor const x = Tensor::zeros({2, 4});
  Tensor const ones = Tensor::full({4}, 1);
  EXPECT_EQ(testing::error_of([&] { ops::layer_norm(x, ones.to(Device::emulated), ones); }),
            "[layer_norm] tensors on cpu and emulated: move them to one device");
  EXPECT_EQ(testing::error_of([&] { ops::layer_norm(x, Tensor::full({3}, 1), ones); }),
            "[layer_norm] gamma must be [4]: [3]");
  EXPECT_EQ(testing::error_of([&] {
              ops::layer_norm(Tensor::zeros({2, 4}, DType::i32), ones, ones);
            }),
            "[layer_norm] takes f32, f16 or bf16: i32");
}

}  // namespace
}  // namespace heddle
