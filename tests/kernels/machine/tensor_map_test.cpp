// Each documented limit of a tensor map gives an Error that names the value; what keeps to it is accepted.
#include "kernels/machine/tensor_map.h"

#include <gtest/gtest.h>

#include "tests/support/error.h"

namespace heddle {
namespace {

using heddle::testing::error_of;

alignas(64) u8 memory_of_tensor[64];

TiledTensor tile() {
  return {.type = TensorType::bf16,
          .rank = 3,
          .sizes = {100, 20, 3},
          .strides_bytes = {208, 208 * 20},
          .box = {64, 8, 2},
          .swizzle = Swizzle::bytes_128};
}

Im2colTensor image() {
  return {.type = TensorType::f16,
          .rank = 4,
          .sizes = {64, 9, 7, 2},
          .strides_bytes = {128, 128 * 9, 128 * 9 * 7},
          .lower_corner = {-1, -1},
          .upper_corner = {-1, -1},
          .channels_per_pixel = 32,
          .pixels_per_column = 128,
          .swizzle = Swizzle::bytes_64};
}

template <class Tensor>
std::string refusal(Tensor const& tensor, u8 const* address = memory_of_tensor) {
  return error_of([&] { emulated::make_tensor_map(address, tensor); });
}

/// Applies a change to a description that is good; expects an Error with the text, none when it is empty.
template <class Tensor>
struct Case {
  char const* text;
  void (*change)(Tensor&);
};

template <class Tensor, std::size_t count>
void expect_refusals(Tensor const& good, Case<Tensor> const (&cases)[count]) {
  EXPECT_EQ(refusal(good), "(no error)");
  for (auto const& [text, change] : cases) {
    Tensor changed = good;
    change(changed);
    std::string const error = refusal(changed);
    if (*text == '\0') {
      EXPECT_EQ(error, "(no error)");
    } else {
      EXPECT_EQ(error.find("[tensor_map] "), 0u) << error;
      EXPECT_NE(error.find(text), std::string::npos) << "expected: " << text << "\nfound: " << error;
    }
  }
}

TEST(TensorMap, LimitsOfTiles) {
  static constexpr Case<TiledTensor> cases[] = {
      {"rank=0", [](TiledTensor& t) { t.rank = 0; }},
      {"rank=6", [](TiledTensor& t) { t.rank = 6; }},
      {"sizes[1]=0", [](TiledTensor& t) { t.sizes[1] = 0; }},
      {"", [](TiledTensor& t) { t.sizes[2] = u64{1} << 32; }},
      {"sizes[2]=4294967297", [](TiledTensor& t) { t.sizes[2] = (u64{1} << 32) + 1; }},
      {"strides_bytes[0]=200", [](TiledTensor& t) { t.strides_bytes[0] = 200; }},
      {"", [](TiledTensor& t) { t.strides_bytes[1] = (u64{1} << 40) - 16; }},
      {"strides_bytes[1]=1099511627776", [](TiledTensor& t) { t.strides_bytes[1] = u64{1} << 40; }},
      {"box[0]=0", [](TiledTensor& t) { t.box[0] = 0; }},
      {"", [](TiledTensor& t) { t.box[1] = 256; }},
      {"box[1]=257", [](TiledTensor& t) { t.box[1] = 257; }},
      {"box[0]=60, 120 bytes", [](TiledTensor& t) { t.box[0] = 60; }},
      {"box[0]=72, 144 bytes, swizzle=128", [](TiledTensor& t) { t.box[0] = 72; }},
      {"box[0]=64, 128 bytes, swizzle=32", [](TiledTensor& t) { t.swizzle = Swizzle::bytes_32; }},
      {"", [](TiledTensor& t) { t.box[0] = 32; }},
      {"", [](TiledTensor& t) { t.box[0] = 256, t.swizzle = Swizzle::none; }},
      {"element_strides[0]=2", [](TiledTensor& t) { t.element_strides[0] = 2; }},
      {"element_strides[1]=0", [](TiledTensor& t) { t.element_strides[1] = 0; }},
      {"", [](TiledTensor& t) { t.element_strides[2] = 8; }},
      {"element_strides[2]=9", [](TiledTensor& t) { t.element_strides[2] = 9; }},
      {"", [](TiledTensor& t) { t.fill = TensorFill::nan; }},
      {"fill with NaN needs a floating-point type: type=1",
       [](TiledTensor& t) { t.type = TensorType::u16, t.fill = TensorFill::nan; }},
      {"",
       [](TiledTensor& t) {
         t.rank = 5, t.sizes[3] = t.sizes[4] = t.box[3] = t.box[4] = 1, t.strides_bytes[2] = t.strides_bytes[3] = 16;
       }},
  };
  expect_refusals(tile(), cases);
}

TEST(TensorMap, LimitsOfImages) {
  static constexpr Case<Im2colTensor> cases[] = {
      {"rank=2", [](Im2colTensor& t) { t.rank = 2; }},
      {"rank=6", [](Im2colTensor& t) { t.rank = 6; }},
      {"sizes[3]=0", [](Im2colTensor& t) { t.sizes[3] = 0; }},
      {"strides_bytes[2]=24", [](Im2colTensor& t) { t.strides_bytes[2] = 24; }},
      {"", [](Im2colTensor& t) { t.lower_corner[0] = -128, t.upper_corner[0] = 127; }},
      {"lower_corner[1]=-129", [](Im2colTensor& t) { t.lower_corner[1] = -129; }},
      {"upper_corner[0]=128", [](Im2colTensor& t) { t.upper_corner[0] = 128; }},
      {"", [](Im2colTensor& t) { t.rank = 3, t.lower_corner[0] = -32768, t.upper_corner[0] = 32767; }},
      {"upper_corner[0]=32768", [](Im2colTensor& t) { t.rank = 3, t.upper_corner[0] = 32768; }},
      {"lower_corner[2]=-17",
       [](Im2colTensor& t) { t.rank = 5, t.sizes[4] = 1, t.strides_bytes[3] = 16, t.lower_corner[2] = -17; }},
      {"size=9, lower_corner=3, upper_corner=-6",
       [](Im2colTensor& t) { t.lower_corner[0] = 3, t.upper_corner[0] = -6; }},
      {"", [](Im2colTensor& t) { t.lower_corner[0] = 3, t.upper_corner[0] = -5; }},
      {"channels_per_pixel=257", [](Im2colTensor& t) { t.channels_per_pixel = 257; }},
      {"channels_per_pixel=12, 24 bytes", [](Im2colTensor& t) { t.channels_per_pixel = 12; }},
      {"channels_per_pixel=64, 128 bytes, swizzle=64", [](Im2colTensor& t) { t.channels_per_pixel = 64; }},
      {"pixels_per_column=0", [](Im2colTensor& t) { t.pixels_per_column = 0; }},
      {"", [](Im2colTensor& t) { t.pixels_per_column = 1024; }},
      {"pixels_per_column=1025", [](Im2colTensor& t) { t.pixels_per_column = 1025; }},
      {"element_strides[3]=2", [](Im2colTensor& t) { t.element_strides[3] = 2; }},
      {"", [](Im2colTensor& t) { t.element_strides[1] = 8; }},
  };
  expect_refusals(image(), cases);
}

TEST(TensorMap, Address) {
  EXPECT_NE(refusal(tile(), memory_of_tensor + 8).find("must start at a multiple of 16 bytes: address=0x"),
            std::string::npos);
  EXPECT_NE(refusal(image(), nullptr).find("address="), std::string::npos);
}

TEST(TensorMap, BytesOfBoxes) {
  TiledTensor strided = tile();
  strided.element_strides[1] = 3;
  EXPECT_EQ(box_bytes(tile()), 64 * 8 * 2 * 2u);
  EXPECT_EQ(box_bytes(strided), 64 * 3 * 2 * 2u);
  EXPECT_EQ(box_bytes(image()), 128 * 32 * 2u);
}

}  // namespace
}  // namespace heddle
