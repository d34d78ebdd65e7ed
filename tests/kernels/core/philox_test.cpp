// Known answers of the Random123 distribution, and the sanity of what is made of the words.
#include "kernels/core/philox.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace heddle {
namespace {

using Words = std::array<u32, 4>;

TEST(Philox, GivesTheKnownAnswers) {
  EXPECT_EQ(philox(0, 0, 0), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  u64 const ones = ~u64{0};
  EXPECT_EQ(philox(ones, ones, ones), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  // Counter and key from the digits of pi: counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0.
  EXPECT_EQ(philox(0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, IsAConstantExpression) { static_assert(philox(0, 0, 0)[0] == 0x6627e8d5); }

TEST(Philox, DependsOnEveryArgument) {
  Words const origin = philox(1, 2, 3);
  for (int bit = 0; bit < 64; ++bit) {
    u64 const change = u64{1} << bit;
    EXPECT_NE(philox(1 ^ change, 2, 3), origin);
    EXPECT_NE(philox(1, 2 ^ change, 3), origin);
    EXPECT_NE(philox(1, 2, 3 ^ change), origin);
  }
}

TEST(Philox, FillsTheUnitIntervalEvenly) {
  constexpr u32 draws = 1 << 14, buckets = 64;
  std::vector<int> counts(buckets);
  double sum = 0;
  for (u32 i = 0; i < draws; ++i) {
    for (u32 word : philox(7, 0, i)) {
      f32 const value = uniform01(word);
      ASSERT_GE(value, 0.0f);
      ASSERT_LT(value, 1.0f);
      sum += value;
      ++counts[static_cast<std::size_t>(value * buckets)];
    }
  }
  // Five standard deviations of the mean of n uniform values, 1 / sqrt(12 n).
  EXPECT_NEAR(sum / (4 * draws), 0.5, 5 / std::sqrt(12.0 * 4 * draws));
  double const expected = 4.0 * draws / buckets;
  double chi_squared = 0;
  for (int count : counts) chi_squared += (count - expected) * (count - expected) / expected;
  // Mean 63 and deviation sqrt(2 * 63) with 63 degrees of freedom.
  EXPECT_LT(chi_squared, 63 + 5 * std::sqrt(126.0));
  EXPECT_GT(chi_squared, 63 - 5 * std::sqrt(126.0));
}

TEST(Uniform, CoversItsRangeToTheEnds) {
  EXPECT_EQ(uniform01(0), 0.0f);
  EXPECT_EQ(uniform01(0xffffffff), 1 - 0x1p-24f);
  EXPECT_EQ(uniform_below(0, 9), 0u);
  EXPECT_EQ(uniform_below(0xffffffff, 9), 8u);
  EXPECT_EQ(uniform_below(0xffffffff, 1), 0u);
  EXPECT_EQ(uniform_below(0x80000000, 2), 1u);
}

TEST(ReservedStream, KeepsClearOfTheStreamsThatGeneratorsCountUp) {
  EXPECT_EQ(reserved_stream(StreamUse::crop_and_flip, 0) >> 56, 0xffu);
  EXPECT_NE(reserved_stream(StreamUse::crop_and_flip, 5), reserved_stream(StreamUse::cutout, 5));
  EXPECT_NE(reserved_stream(StreamUse::cutout, 5), reserved_stream(StreamUse::cutout, 6));
}

}  // namespace
}  // namespace heddle
