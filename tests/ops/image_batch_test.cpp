// The same picture on the CPU and through the launchers on the emulator.
#include "ops/image_batch.h"

#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"

namespace heddle {
namespace {

constexpr AugmentOptions everything = {.crop_padding = 2, .flip = Flip::random, .cutout = 3};

Tensor batch_on(Device device, DType type) {
  std::vector<u8> bytes;
  for (f32 const value : testing::small_integers(6 * 8 * 8 * 3, 1, 0, 255)) bytes.push_back(static_cast<u8>(value));
  Tensor const images = Tensor::from(bytes, {6, 8, 8, 3}, device);
  Tensor const index = Tensor::from(std::vector<i64>{5, 0, 0, 3}, {4}, device);
  ops::Normalization const normalization = {Tensor::full({3}, 0.5f, device), Tensor::full({3}, 0.25f, device)};
  return ops::image_batch(images, index, normalization, everything, 7, 3, type);
}

TEST(ImageBatchOp, AgreesOnCpuAndEmulator) {
  auto const expected = batch_on(Device::cpu, DType::f32).to_vector<f32>();
  EXPECT_TRUE(testing::within(batch_on(Device::emulated, DType::f32).to_vector<f32>(), expected,
                              testing::close_bound(0, 16 * unit_roundoff<f32>)));
  EXPECT_TRUE(testing::within(batch_on(Device::emulated, DType::bf16).to_vector<bf16>(), expected,
                              testing::close_bound(unit_roundoff<bf16>, 16 * unit_roundoff<f32>)));
}

TEST(ImageBatchOp, RefusesOtherTypes) {
  EXPECT_EQ(testing::error_of([] { batch_on(Device::cpu, DType::i32); }), "[image_batch] takes f32, f16 or bf16: i32");
}

}  // namespace
}  // namespace heddle
