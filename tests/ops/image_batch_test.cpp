// The same picture on the CPU and through the launchers on the emulator.
#include "ops/image_batch.h"

#include <cmath>

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

TEST(ImageBatchOp, TakesTheMeanGreyThatContrastNeeds) {
  auto const batch = [](Device device) {
    std::vector<u8> bytes;
    for (f32 const value : testing::small_integers(3 * 8 * 8 * 3, 1, 0, 255)) bytes.push_back(static_cast<u8>(value));
    Tensor const images = Tensor::from(bytes, {3, 8, 8, 3}, device);
    Tensor const index = Tensor::from(std::vector<i64>{2, 0}, {2}, device);
    // Of values times 255: bytes, which both devices round alike.
    ops::Normalization const normalization = {Tensor::full({3}, 0, device), Tensor::full({3}, 1, device)};
    AugmentOptions const options = {.colour = {.contrast = 1, .hue = 0.5f}, .affine = {.rotation = 90}};
    std::vector<f32> values =
        ops::image_batch(images, index, normalization, options, 7, 3, DType::f32, ops::image_grey(images))
            .to_vector<f32>();
    for (f32& value : values) value = std::round(value * 255);
    return values;
  };
  EXPECT_TRUE(testing::equal(batch(Device::cpu), batch(Device::emulated)));
}

TEST(ImageBatchOp, RefusesAMeanGreyOfOtherImages) {
  Tensor const images = Tensor::zeros({3, 2, 2, 1}, DType::u8), one = Tensor::full({1}, 1);
  EXPECT_EQ(testing::error_of([&] {
              ops::image_batch(images, Tensor::zeros({1}, DType::i64), {one, one}, {}, 1, 0, DType::f32,
                               Tensor::full({2}, 1));
            }),
            "[image_batch] grey must be [3]: [2]");
  EXPECT_EQ(testing::error_of([] {
              ops::image_grey(Tensor::zeros({3, 2}, DType::u8));
            }),
            "[image_grey] images must be [count, h, w, c]: [3, 2]");
}

TEST(ImageBatchOp, RefusesOtherTypes) {
  EXPECT_EQ(testing::error_of([] { batch_on(Device::cpu, DType::i32); }), "[image_batch] takes f32, f16 or bf16: i32");
}

}  // namespace
}  // namespace heddle
