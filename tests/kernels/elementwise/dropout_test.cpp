// What dropout promises of its random numbers, whatever the device: chain_test.cpp compares devices.
#include "kernels/core/dropout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include "kernels/elementwise/chain.h"

namespace heddle::testing {
namespace {

/// The factors of all elements of a tensor.
std::vector<f32> factors(Dropout const& dropout, i64 count) {
  std::vector<f32> const ones(static_cast<std::size_t>(count), 1.0f);
  std::vector<f32> result(ones.size());
  cpu::chain_forward<f32>({.rows = 1, .columns = count, .dropout = dropout, .x = ones.data(), .y = result.data()}, {});
  return result;
}

TEST(Dropout, IsTheDocumentedFunction) {
  Dropout const dropout = {.rate = 0.25f, .seed = 11, .stream = 12};
  auto const actual = factors(dropout, 100);
  for (u64 i = 0; i < 100; ++i) {
    u32 const word = philox(11, 12, i / 8)[i % 8 / 2];
    u32 const bits = i % 2 == 0 ? word & 0xffff : word >> 16;
    EXPECT_EQ(actual[i], bits >= 16384 ? 4.0f / 3.0f : 0.0f) << i;
  }
}

TEST(Dropout, KeepsTheShareItShouldAndTheMean) {
  i64 const count = 1 << 20;
  for (f32 const rate : {0.001f, 0.1f, 0.5f, 0.9f}) {
    double sum = 0, kept = 0;
    for (f32 const factor : factors({.rate = rate, .seed = 3}, count)) {
      sum += factor;
      kept += factor != 0;
    }
    double const deviation = std::sqrt(rate * (1 - rate) / static_cast<double>(count));
    // Five deviations, and the rounding of the rate to a multiple of 2^-16.
    EXPECT_NEAR(kept / static_cast<double>(count), 1 - rate, 5 * deviation + 0x1p-17) << rate;
    EXPECT_NEAR(sum / static_cast<double>(count), 1, 5 * deviation / (1 - rate)) << rate;
  }
}

TEST(Dropout, RateZeroAndOne) {
  for (f32 const factor : factors({.rate = 0, .seed = 3}, 1000)) EXPECT_EQ(factor, 1);
  for (f32 const factor : factors({.rate = 1, .seed = 3}, 1000)) EXPECT_EQ(factor, 0);
}

TEST(Dropout, StreamsAndSeedsDiffer) {
  auto const some = factors({.rate = 0.5f, .seed = 1, .stream = 1}, 256);
  EXPECT_EQ(some, factors({.rate = 0.5f, .seed = 1, .stream = 1}, 256));
  EXPECT_NE(some, factors({.rate = 0.5f, .seed = 2, .stream = 1}, 256));
  EXPECT_NE(some, factors({.rate = 0.5f, .seed = 1, .stream = 2}, 256));
}

TEST(Dropout, DropsUnitsAsOne) {
  i64 const n = 40, positions = 6, channels = 5;
  auto const of_channels = factors({.rate = 0.5f, .seed = 4, .extent = positions * channels, .channels = channels},
                                   n * positions * channels);
  auto const of_samples = factors({.rate = 0.5f, .seed = 4, .extent = positions * channels}, n * positions * channels);
  std::set<std::vector<f32>> patterns;
  for (i64 sample = 0; sample < n; ++sample) {
    auto const at = [&](auto const& all, i64 position, i64 channel) {
      return all[static_cast<std::size_t>((sample * positions + position) * channels + channel)];
    };
    std::vector<f32> pattern;
    for (i64 channel = 0; channel < channels; ++channel) {
      pattern.push_back(at(of_channels, 0, channel));
      for (i64 position = 0; position < positions; ++position) {
        EXPECT_EQ(at(of_channels, position, channel), at(of_channels, 0, channel));
        EXPECT_EQ(at(of_samples, position, channel), at(of_samples, 0, 0));
      }
    }
    patterns.insert(pattern);
  }
  EXPECT_GT(patterns.size(), 15u) << "of 32 patterns of 5 channels, in 40 samples";
}

TEST(Divisor, DividesLikeTheProcessor) {
  i64 const largest = INT64_MAX;
  for (i64 const divisor : {i64{1}, i64{2}, i64{3}, i64{5}, i64{7}, i64{64}, i64{641}, i64{4095}, i64{4097},
                            i64{1} << 31, (i64{1} << 32) + 1, i64{1000000007} * 999999937, (i64{1} << 62) - 1}) {
    Divisor const by(divisor);
    std::vector<i64> values = {
        0, 1, divisor - 1, divisor, largest, largest - 1, largest / divisor * divisor, largest / divisor * divisor - 1};
    for (u64 i = 0; i < 1000; ++i) {
      auto const words = philox(9, 0, i);
      values.push_back(static_cast<i64>((u64{words[0]} << 32 | words[1]) >> (1 + words[2] % 63)));
    }
    for (i64 const value : values) {
      EXPECT_EQ(by.quotient(value), value / divisor) << value << " / " << divisor;
      EXPECT_EQ(by.remainder(value), value % divisor) << value << " % " << divisor;
    }
  }
}

}  // namespace
}  // namespace heddle::testing
