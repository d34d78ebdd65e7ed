// What a tensor map refuses, with the value and the limit.
#include "kernels/machine/tensor_map.h"

#include <gtest/gtest.h>

#include "tests/support/error.h"

namespace heddle {
namespace {

using heddle::testing::error_of;

alignas(128) u8 memory[256];

TiledTensor tiled() {
  return {.type = TensorType::bf16,
          .rank = 2,
          .sizes = {64, 32},
          .strides_bytes = {128},
          .box = {64, 16},
          .swizzle = Swizzle::bytes_128};
}
Im2colTensor im2col() {
  return {.type = TensorType::f16,
          .rank = 4,
          .sizes = {64, 9, 7, 2},
          .strides_bytes = {128, 1152, 8064},
          .lower_corner = {-1, -1},
          .upper_corner = {-1, -1},
          .channels_per_pixel = 64,
          .pixels_per_column = 64};
}

template <class Tensor, class Change>
void expect_refusal(Tensor tensor, Change change, std::string const& part) {
  EXPECT_EQ(error_of([&] { emulated::make_tensor_map(memory, tensor); }), "(no error)");
  change(tensor);
  std::string const text = error_of([&] { emulated::make_tensor_map(memory, tensor); });
  EXPECT_EQ(text.find("[tensor_map] "), 0u) << text;
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(TensorMap, RefusesTilesBeyondTheLimits) {
  expect_refusal(
      tiled(), [](auto& t) { t.rank = 6; }, "rank must be from 1 to 5: rank=6");
  expect_refusal(
      tiled(), [](auto& t) { t.sizes[1] = 0; }, "sizes[1] must be from 1 to 2^32: sizes[1]=0");
  expect_refusal(
      tiled(), [](auto& t) { t.sizes[0] = (u64{1} << 32) + 1; }, "sizes[0]=4294967297");
  expect_refusal(
      tiled(), [](auto& t) { t.strides_bytes[0] = 136; }, "multiple of 16 below 2^40: strides_bytes[0]=136");
  expect_refusal(
      tiled(), [](auto& t) { t.strides_bytes[0] = u64{1} << 40; }, "strides_bytes[0]=1099511627776");
  expect_refusal(
      tiled(), [](auto& t) { t.box[1] = 257; }, "box[1] must be from 1 to 256: box[1]=257");
  expect_refusal(
      tiled(), [](auto& t) { t.box[1] = 0; }, "box[1]=0");
  expect_refusal(
      tiled(), [](auto& t) { t.box[0] = 12; }, "box[0] must have a multiple of 16 bytes: box[0]=12, 24");
  expect_refusal(
      tiled(), [](auto& t) { t.swizzle = Swizzle::bytes_64; }, "at most the bytes of the swizzle");
  expect_refusal(
      tiled(), [](auto& t) { t.element_strides[1] = 9; }, "element_strides[1] must be from 1 to 8");
  expect_refusal(
      tiled(), [](auto& t) { t.element_strides[0] = 2; }, "element_strides[0] must be from 1 to 1");
  expect_refusal(
      tiled(),
      [](auto& t) {
        t.type = TensorType::u16;
        t.fill = TensorFill::nan;
      },
      "fill with NaN needs a floating-point type");
}

TEST(TensorMap, RefusesAddresses) {
  EXPECT_NE(error_of([] { emulated::make_tensor_map(memory + 8, tiled()); }).find("must start at a multiple of 16"),
            std::string::npos);
  EXPECT_NE(error_of([] { emulated::make_tensor_map(nullptr, tiled()); }).find("address="), std::string::npos);
}

TEST(TensorMap, RefusesColumnsBeyondTheLimits) {
  expect_refusal(
      im2col(), [](auto& t) { t.rank = 2; }, "rank must be from 3 to 5: rank=2");
  expect_refusal(
      im2col(), [](auto& t) { t.lower_corner[1] = -129; }, "lower_corner[1] must be from -128 to 127");
  expect_refusal(
      im2col(), [](auto& t) { t.upper_corner[0] = 128; }, "upper_corner[0]=128");
  expect_refusal(
      im2col(), [](auto& t) { t.upper_corner[1] = -8; }, "no pixel lies between the corners of dimension 2");
  expect_refusal(
      im2col(), [](auto& t) { t.channels_per_pixel = 257; }, "channels_per_pixel must be from 1 to 256");
  expect_refusal(
      im2col(), [](auto& t) { t.channels_per_pixel = 4; }, "channels_per_pixel must have a multiple of 16");
  expect_refusal(
      im2col(), [](auto& t) { t.pixels_per_column = 1025; }, "pixels_per_column=1025");
  expect_refusal(
      im2col(), [](auto& t) { t.element_strides[3] = 2; }, "element_strides[3] must be from 1 to 1");
}

TEST(TensorMap, BytesOfABox) {
  EXPECT_EQ(box_bytes(tiled()), 64u * 16 * 2);
  TiledTensor strided = tiled();
  strided.element_strides[1] = 3;
  EXPECT_EQ(box_bytes(strided), 64u * 6 * 2);
  EXPECT_EQ(box_bytes(im2col()), 64u * 64 * 2);
}

}  // namespace
}  // namespace heddle
