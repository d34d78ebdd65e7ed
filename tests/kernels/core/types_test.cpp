// The narrow types, over every pattern and over the rounding boundaries between them; f16 against the compiler's own.
#include "kernels/core/types.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace heddle {
namespace {

f32 from_bits(u32 bits) { return std::bit_cast<f32>(bits); }

template <class T>
T pattern(u32 bits) {
  T value;
  value.bits = static_cast<std::uint16_t>(bits);
  return value;
}

template <class T>
struct Format;
template <>
struct Format<f16> {
  static constexpr u32 infinity = 0x7c00, quiet = 0x0200;
};
template <>
struct Format<bf16> {
  static constexpr u32 infinity = 0x7f80, quiet = 0x0040;
};

template <class T>
struct NarrowType : ::testing::Test {};
using NarrowTypes = ::testing::Types<f16, bf16>;
TYPED_TEST_SUITE(NarrowType, NarrowTypes);

TYPED_TEST(NarrowType, EveryPatternWidensAndNarrowsBack) {
  for (u32 bits = 0; bits < 0x10000; ++bits) {
    bool const nan = (bits & 0x7fff) > Format<TypeParam>::infinity;
    f32 const wide{pattern<TypeParam>(bits)};
    ASSERT_EQ(std::isnan(wide), nan) << std::hex << bits;
    ASSERT_EQ(TypeParam(wide).bits, nan ? bits | Format<TypeParam>::quiet : bits) << std::hex << bits;
  }
}

// Between neighbours a < b: what lies below the middle goes to a, above it to b, the middle itself to the even one.
TYPED_TEST(NarrowType, RoundsToNearestEvenBetweenEveryPairOfNeighbours) {
  for (u32 sign : {0u, 0x8000u}) {
    for (u32 bits = 0; bits + 1 < Format<TypeParam>::infinity; ++bits) {
      u32 const lower = sign | bits, upper = lower + 1;
      double const a{f32(pattern<TypeParam>(lower))}, b{f32(pattern<TypeParam>(upper))};
      f32 const middle = static_cast<f32>((a + b) / 2);
      ASSERT_EQ(static_cast<double>(middle), (a + b) / 2) << std::hex << lower;
      ASSERT_EQ(TypeParam(middle).bits, lower % 2 == 0 ? lower : upper) << std::hex << lower;
      ASSERT_EQ(TypeParam(std::nextafter(middle, static_cast<f32>(a))).bits, lower) << std::hex << lower;
      ASSERT_EQ(TypeParam(std::nextafter(middle, static_cast<f32>(b))).bits, upper) << std::hex << lower;
    }
  }
}

TYPED_TEST(NarrowType, OverflowsToInfinityFromHalfAUnitAboveTheLargest) {
  u32 const infinity = Format<TypeParam>::infinity;
  double const largest{f32(pattern<TypeParam>(infinity - 1))}, below{f32(pattern<TypeParam>(infinity - 2))};
  f32 const boundary = static_cast<f32>(largest + (largest - below) / 2);
  EXPECT_EQ(TypeParam(std::nextafter(boundary, 0.0f)).bits, infinity - 1);
  EXPECT_EQ(TypeParam(boundary).bits, infinity);
  EXPECT_EQ(TypeParam(-boundary).bits, infinity | 0x8000);
  EXPECT_EQ(TypeParam(std::numeric_limits<f32>::max()).bits, infinity);
  EXPECT_EQ(TypeParam(-std::numeric_limits<f32>::infinity()).bits, infinity | 0x8000);
}

TYPED_TEST(NarrowType, KeepsEveryKindOfNan) {
  for (u32 bits : {0x7f800001u, 0x7fbfffffu, 0x7fc00000u, 0x7fffffffu, 0xff800001u, 0xffffffffu}) {
    u32 const narrow = TypeParam(from_bits(bits)).bits;
    EXPECT_EQ(narrow & Format<TypeParam>::infinity, Format<TypeParam>::infinity) << std::hex << bits;
    EXPECT_NE(narrow & Format<TypeParam>::quiet, 0u) << std::hex << bits;
    EXPECT_EQ(narrow >> 15, bits >> 31) << std::hex << bits;
  }
}

TEST(Bf16, RoundsTheSubnormalsOfF32) {
  EXPECT_EQ(bf16(from_bits(0x00000001)).bits, 0x0000);
  EXPECT_EQ(bf16(from_bits(0x00008000)).bits, 0x0000);
  EXPECT_EQ(bf16(from_bits(0x00008001)).bits, 0x0001);
  EXPECT_EQ(bf16(from_bits(0x807fffff)).bits, 0x8080);
}

#ifdef __FLT16_MANT_DIG__
TEST(F16, AgreesWithTheCompilerOnEveryPattern) {
  for (u32 bits = 0; bits < 0x10000; ++bits) {
    f32 const expected{std::bit_cast<_Float16>(static_cast<std::uint16_t>(bits))};
    f32 const actual{pattern<f16>(bits)};
    if (std::isnan(expected)) continue;
    ASSERT_EQ(std::bit_cast<u32>(actual), std::bit_cast<u32>(expected)) << std::hex << bits;
  }
}

TEST(F16, AgreesWithTheCompilerOnFloatsOfEveryExponent) {
  for (u32 i = 0; i < 0x1000000; i += 3) {
    u32 const bits = i << 8 | (i * 0x9E3779B9u >> 24);
    f32 const value = from_bits(bits);
    if (std::isnan(value)) continue;
    ASSERT_EQ(f16(value).bits, std::bit_cast<std::uint16_t>(static_cast<_Float16>(value))) << std::hex << bits;
  }
}
#endif

template <class T>
T f8_pattern(u32 bits) {
  T value;
  value.bits = static_cast<u8>(bits);
  return value;
}

template <class T>
struct F8Format;
template <>
struct F8Format<f8e4m3> {
  static constexpr int mantissa_bits = 3, bias = 7;
  static constexpr u32 largest = 0x7e, nan = 0x7f;
};
template <>
struct F8Format<f8e5m2> {
  static constexpr int mantissa_bits = 2, bias = 15;
  static constexpr u32 largest = 0x7b, nan = 0x7d;  // 0x7c is infinity
};

template <class T>
struct F8 : ::testing::Test {};
using F8Types = ::testing::Types<f8e4m3, f8e5m2>;
TYPED_TEST_SUITE(F8, F8Types);

// The value of a pattern by the definition of the format.
TYPED_TEST(F8, EveryPattern) {
  using Format = F8Format<TypeParam>;
  constexpr int units = 1 << Format::mantissa_bits;
  for (u32 bits = 0; bits < 0x100; ++bits) {
    u32 const magnitude_bits = bits & 0x7f, sign = bits & 0x80;
    int const exponent = static_cast<int>(magnitude_bits) / units, mantissa = static_cast<int>(bits) % units;
    double const magnitude = std::ldexp(exponent == 0 ? mantissa : units + mantissa,
                                        std::max(exponent, 1) - Format::bias - Format::mantissa_bits);
    f32 const wide{f8_pattern<TypeParam>(bits)};
    EXPECT_EQ(std::signbit(wide), sign != 0) << bits;
    if (magnitude_bits >= Format::nan) {
      EXPECT_TRUE(std::isnan(wide)) << bits;
      EXPECT_EQ(TypeParam(wide).bits, 0x7f) << bits;
    } else if (magnitude_bits > Format::largest) {
      EXPECT_TRUE(std::isinf(wide)) << bits;
      EXPECT_EQ(TypeParam(wide).bits, sign | Format::largest) << bits;
    } else {
      EXPECT_EQ(static_cast<double>(wide), sign == 0 ? magnitude : -magnitude) << bits;
      EXPECT_EQ(TypeParam(wide).bits, bits);
    }
  }
}

TYPED_TEST(F8, RoundsToNearestEvenBetweenEveryPairOfNeighbours) {
  for (u32 sign : {0u, 0x80u}) {
    for (u32 bits = 0; bits < F8Format<TypeParam>::largest; ++bits) {
      u32 const lower = sign | bits, upper = lower + 1;
      f32 const a{f8_pattern<TypeParam>(lower)}, b{f8_pattern<TypeParam>(upper)};
      f32 const middle = (a + b) / 2;  // exact
      EXPECT_EQ(TypeParam(middle).bits, lower % 2 == 0 ? lower : upper) << lower;
      EXPECT_EQ(TypeParam(std::nextafter(middle, a)).bits, lower) << lower;
      EXPECT_EQ(TypeParam(std::nextafter(middle, b)).bits, upper) << lower;
    }
  }
}

TYPED_TEST(F8, Saturates) {
  u32 const bits = F8Format<TypeParam>::largest;
  f32 const largest{f8_pattern<TypeParam>(bits)}, below{f8_pattern<TypeParam>(bits - 1)}, unit = largest - below;
  f32 const infinity = std::numeric_limits<f32>::infinity();
  for (f32 const value : {std::nextafter(largest, infinity), largest + unit / 2, largest + unit, 1e30f, infinity}) {
    EXPECT_EQ(TypeParam(value).bits, bits) << value;
    EXPECT_EQ(TypeParam(-value).bits, bits | 0x80) << value;
  }
}

TYPED_TEST(F8, GivesOneNan) {
  for (u32 bits : {0x7f800001u, 0x7fc00000u, 0x7fffffffu, 0xff800001u, 0xffffffffu})
    EXPECT_EQ(TypeParam(from_bits(bits)).bits, 0x7f) << std::hex << bits;
}

TEST(Tf32, RoundsHalvesAwayFromZero) {
  for (f32 const sign : {1.0f, -1.0f})
    for (f32 const scale : {1.0f, 0x1p-126f, 0x1p-130f, 0x1p100f}) {
      f32 const unit = scale < 0x1p-126f ? 0x1p-136f : scale * 0x1p-10f, value = sign * scale;
      for (f32 const part : {-0.25f, 0.0f, 0.25f, 0.4375f})
        EXPECT_EQ(f32(tf32(value + sign * unit * part)), value) << value << " " << part;
      for (f32 const part : {0.5f, 0.75f})
        EXPECT_EQ(f32(tf32(value + sign * unit * part)), value + sign * unit) << value << " " << part;
    }
  EXPECT_EQ(f32(tf32(std::numeric_limits<f32>::max())), std::numeric_limits<f32>::infinity());
  EXPECT_TRUE(std::isnan(f32(tf32(from_bits(0xff800001)))));
}

static_assert(f8e4m3(1.0f).bits == 0x38 && f32(f8e4m3(-448.0f)) == -448.0f && f8e4m3(0x1p-10f).bits == 0);
static_assert(f8e5m2(1.0f).bits == 0x3c && f32(f8e5m2(-57344.0f)) == -57344.0f && f8e5m2(0x1p-17f).bits == 0);
static_assert(tf32(0x1.002p0f).bits == std::bit_cast<u32>(0x1.004p0f) && tf32(-0.0f).bits == 0x80000000u);
static_assert(f16(1.0f).bits == 0x3c00 && f32(f16(-65504.0f)) == -65504.0f && f16(0x1p-25f).bits == 0);
static_assert(bf16(1.0f).bits == 0x3f80 && bf16(0x1.01p0f).bits == 0x3f80 && bf16(0x1.03p0f).bits == 0x3f82);

}  // namespace
}  // namespace heddle
