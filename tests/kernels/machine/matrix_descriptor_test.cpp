// Descriptors of wgmma against their bits as the PTX ISA draws them, and against its canonical layouts, written here as
// shapes and strides in elements.
#include "kernels/machine/matrix_descriptor.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "kernels/machine/operand_tile.h"

namespace heddle {
namespace {

constexpr std::array swizzles = {Swizzle::none, Swizzle::bytes_32, Swizzle::bytes_64, Swizzle::bytes_128};

TEST(MatrixDescriptor, Bits) {
  EXPECT_EQ(encode({.address = 0x2f3f0}).bits, 0x2f3fu);
  EXPECT_EQ(encode({.leading_bytes = 0x12340}).bits, u64{0x1234} << 16);
  EXPECT_EQ(encode({.stride_bytes = 1024}).bits, u64{0x40} << 32);
  EXPECT_EQ(encode({.base_offset = 5}).bits, u64{5} << 49);
  EXPECT_EQ(encode({.swizzle = Swizzle::bytes_128}).bits, u64{1} << 62);
  EXPECT_EQ(encode({.swizzle = Swizzle::bytes_64}).bits, u64{2} << 62);
  EXPECT_EQ(encode({.swizzle = Swizzle::bytes_32}).bits, u64{3} << 62);
}

TEST(MatrixDescriptor, DecodesWhatItEncodes) {
  for (Swizzle const swizzle : swizzles) {
    DescriptorFields const fields = {
        .address = 0x3fff0, .leading_bytes = 0x10, .stride_bytes = 0x2aaa0, .base_offset = 1, .swizzle = swizzle};
    EXPECT_EQ(decode(encode(fields)), fields);
  }
}

TEST(MatrixDescriptor, Advances) {
  DescriptorFields fields = {.address = 0x400, .stride_bytes = 1024, .swizzle = Swizzle::bytes_128};
  MatrixDescriptor const descriptor = encode(fields);
  fields.address += 96;
  EXPECT_EQ(advance(descriptor, 96), encode(fields));
}

TEST(MatrixDescriptor, DefectsAreFound) {
  DescriptorFields const right = {.address = 1024, .leading_bytes = 32, .stride_bytes = 64};
  EXPECT_EQ(defect(encode(right)), nullptr);
  auto const expect = [&](char const* text, auto change) {
    DescriptorFields wrong = right;
    change(wrong);
    EXPECT_STREQ(defect(encode(wrong)), text);
  };
  char const* const multiple = "address, strides and steps are multiples of 16 bytes";
  expect(multiple, [](DescriptorFields& f) { f.address += 2; });
  expect(multiple, [](DescriptorFields& f) { f.leading_bytes += 8; });
  expect(multiple, [](DescriptorFields& f) { f.stride_bytes += 1; });
  EXPECT_STREQ(defect(advance(encode(right), 8)), multiple);
  char const* const below = "address and strides are below 2^18 bytes";
  expect(below, [](DescriptorFields& f) { f.address = 1 << 18; });
  expect(below, [](DescriptorFields& f) { f.leading_bytes = 1 << 18; });
  expect(below, [](DescriptorFields& f) { f.stride_bytes = 1 << 18; });
  char const* const base = "the base offset is within the period";
  expect(base, [](DescriptorFields& f) { f.base_offset = 1; });
  expect(base, [](DescriptorFields& f) { f.swizzle = Swizzle::bytes_32, f.base_offset = 2; });
  expect(nullptr, [](DescriptorFields& f) { f.swizzle = Swizzle::bytes_128, f.base_offset = 7; });
}

/// Bits 4 to 6 of an address are exchanged by bits 7 to 9, as many of them as the swizzle has.
u32 exchanged(u32 address, int bits) {
  for (int bit = 0; bit < bits; ++bit) address ^= (address >> (7 + bit) & 1) << (4 + bit);
  return address;
}

/// CUTLASS's canonical layouts: T elements in 16 bytes, W of them in a line.
template <class Strides>
void expect_layout(Swizzle swizzle, Major major, u32 element_bytes, u32 width, Strides strides) {
  u32 const address = 3072, leading = 8192, stride = 2048, t = 16 / element_bytes;
  int const bits = swizzle == Swizzle::none       ? 0
                   : swizzle == Swizzle::bytes_32 ? 1
                   : swizzle == Swizzle::bytes_64 ? 2
                                                  : 3;
  MatrixDescriptor const descriptor =
      encode({.address = address, .leading_bytes = leading, .stride_bytes = stride, .swizzle = swizzle});
  for (u32 x = 0; x < 64; ++x)
    for (u32 k = 0; k < 2 * t; ++k) {
      u32 const elements = strides(x, k, t, width, leading / element_bytes, stride / element_bytes);
      ASSERT_EQ(operand_offset(descriptor, major, x, k, element_bytes),
                exchanged(address + elements * element_bytes, bits))
          << "swizzle " << static_cast<int>(swizzle) << ", element (" << x << ", " << k << ")";
    }
}

TEST(MatrixDescriptor, KMajor) {
  for (u32 const bytes : {1u, 2u, 4u}) {
    // ((8, m), (T, 2)) : ((T, SBO), (1, LBO))
    expect_layout(Swizzle::none, Major::k, bytes, 1, [](u32 x, u32 k, u32 t, u32, u32 leading, u32 stride) {
      return x % 8 * t + x / 8 * stride + k % t + k / t * leading;
    });
    // ((8, m), (T, 2)) : ((W T, SBO), (1, T))
    auto const swizzled = [](u32 x, u32 k, u32 t, u32 w, u32, u32 stride) {
      return x % 8 * w * t + x / 8 * stride + k % t + k / t * t;
    };
    expect_layout(Swizzle::bytes_32, Major::k, bytes, 2, swizzled);
    expect_layout(Swizzle::bytes_64, Major::k, bytes, 4, swizzled);
    expect_layout(Swizzle::bytes_128, Major::k, bytes, 8, swizzled);
  }
}

TEST(MatrixDescriptor, MnMajor) {
  // ((T, 1, m), (8, k)) : ((1, T, SBO), (T, LBO))
  expect_layout(Swizzle::none, Major::mn, 2, 1, [](u32 x, u32 k, u32 t, u32, u32 leading, u32 stride) {
    return x % t + x / t * stride + k % 8 * t + k / 8 * leading;
  });
  // ((T, W, m), (8, k)) : ((1, T, LBO), (W T, SBO))
  auto const swizzled = [](u32 x, u32 k, u32 t, u32 w, u32 leading, u32 stride) {
    return x % t + x / t % w * t + x / t / w * leading + k % 8 * w * t + k / 8 * stride;
  };
  expect_layout(Swizzle::bytes_32, Major::mn, 2, 2, swizzled);
  expect_layout(Swizzle::bytes_64, Major::mn, 2, 4, swizzled);
  expect_layout(Swizzle::bytes_128, Major::mn, 2, 8, swizzled);
}

TEST(MatrixDescriptor, BaseOffsetMovesThePattern) {
  for (u32 base = 0; base < 8; ++base) {
    u32 const start = 4096 + 128 * base;
    MatrixDescriptor const moved =
        encode({.address = start, .stride_bytes = 1024, .base_offset = base, .swizzle = Swizzle::bytes_128});
    MatrixDescriptor const aligned = encode({.address = 4096, .stride_bytes = 1024, .swizzle = Swizzle::bytes_128});
    for (u32 x = 0; x < 64; ++x)
      EXPECT_EQ(operand_offset(moved, Major::k, x, 3, 2) - start, operand_offset(aligned, Major::k, x, 3, 2) - 4096);
  }
}

/// Every operand within a tile finds the elements where tile_offset puts them; no two of them in one place.
TEST(OperandTile, OperandsFindTheirElements) {
  constexpr u32 address = 2048, x_count = 128, k_count = 128, bytes = 2;
  for (Swizzle const swizzle : swizzles)
    for (Major const major : {Major::k, Major::mn}) {
      OperandTile const tile = {major, swizzle, 128};
      MatrixDescriptor const descriptor = describe_tile(tile, address);
      ASSERT_EQ(defect(descriptor), nullptr);
      std::set<u32> places;
      for (u32 x = 0; x < x_count; ++x)
        for (u32 k = 0; k < k_count; ++k) {
          u32 const offset = major == Major::k ? tile_offset(tile, x, k * bytes) : tile_offset(tile, k, x * bytes);
          places.insert(offset);
          MatrixDescriptor const operand = advance(descriptor, operand_step(tile, x / 64 * 64, k / 16 * 16, bytes));
          ASSERT_EQ(operand_offset(operand, major, x % 64, k % 16, bytes), address + offset)
              << "swizzle " << static_cast<int>(swizzle) << ", element (" << x << ", " << k << ")";
        }
      EXPECT_EQ(places.size(), x_count * k_count);
      EXPECT_LT(*places.rbegin(), x_count * k_count * bytes);
    }
}

}  // namespace
}  // namespace heddle
