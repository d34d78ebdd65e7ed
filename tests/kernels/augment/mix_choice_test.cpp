// What is drawn for mixup and CutMix: distributions, and partners.
#include "kernels/augment/mix_choice.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace heddle::testing {
namespace {

// Beta(a, a) has the mean 1/2, the variance 1 / (4 (2a + 1)) and the fourth central moment 3 / (16 (2a + 1) (2a + 3)).
TEST(MixChoice, WeightsAreOfBeta) {
  constexpr int draws = 20000;
  for (double const alpha : {0.01, 0.2, 1.0, 4.0, 50.0}) {
    double sum = 0, square = 0;
    for (i64 batch = 0; batch < draws; ++batch) {
      MixChoice const choice = mix_choice({.mixup = static_cast<f32>(alpha)}, 8, 8, 3, batch);
      ASSERT_GE(choice.of_values, 0);
      ASSERT_LE(choice.of_values, 1);
      ASSERT_EQ(choice.of_values, choice.of_labels);
      ASSERT_TRUE(choice.box.empty());
      sum += choice.of_values - 0.5;
      square += (choice.of_values - 0.5) * (choice.of_values - 0.5);
    }
    double const variance = 1 / (4 * (2 * alpha + 1)), fourth = 3 / (16 * (2 * alpha + 1) * (2 * alpha + 3));
    EXPECT_NEAR(sum / draws, 0, 5 * std::sqrt(variance / draws)) << alpha;
    EXPECT_NEAR(square / draws, variance, 5 * std::sqrt((fourth - variance * variance) / draws)) << alpha;
  }
}

// Beta(1, 1) is uniform: each tenth holds a tenth of the draws.
TEST(MixChoice, WeightsOfAlphaOneAreUniform) {
  constexpr int draws = 20000;
  std::vector<int> counts(10);
  for (i64 batch = 0; batch < draws; ++batch)
    ++counts[static_cast<std::size_t>(10 * mix_choice({.mixup = 1}, 8, 8, 4, batch).of_values)];
  for (int const count : counts) EXPECT_NEAR(count, draws / 10, 5 * std::sqrt(draws * 0.09));
}

TEST(MixChoice, BoxesHaveTheAreaOfTheirLabels) {
  double away = 0, expected = 0;
  int unclipped = 0;
  for (i64 batch = 0; batch < 5000; ++batch) {
    MixChoice const choice = mix_choice({.cutmix = 1}, 40, 60, 5, batch);
    MixBox const& box = choice.box;
    ASSERT_EQ(choice.of_values, 1);
    ASSERT_TRUE(box.top >= 0 && box.top <= box.bottom && box.bottom <= 40);
    ASSERT_TRUE(box.left >= 0 && box.left <= box.right && box.right <= 60);
    i32 const height = box.bottom - box.top, width = box.right - box.left;
    ASSERT_NEAR(choice.of_labels, 1 - height * width / 2400.0, 0x1p-25);
    if (box.top == 0 || box.left == 0 || box.bottom == 40 || box.right == 60) continue;
    ASSERT_NEAR(height * 60.0, width * 40.0, 100);  // sides in proportion, each rounded by less than one
    ++unclipped;
    away += box.top + box.bottom - 40 + box.left + box.right - 60;
    expected += 1;
  }
  EXPECT_GT(unclipped, 500);
  EXPECT_NEAR(away / expected, 0, 5 * 30 / std::sqrt(expected));  // the centres of whole boxes are even
}

// E[(1 - weight)] is a half, and a box at an even centre keeps on average (1 - r/4)^2 of its area, r = sqrt(1 -
// weight): by integration over weight, 1/2 - 1/5 + 1/48 of the picture.
TEST(MixChoice, BoxesCoverWhatTheFormulaSays) {
  double covered = 0, square = 0;
  constexpr int draws = 20000;
  for (i64 batch = 0; batch < draws; ++batch) {
    double const area = 1 - mix_choice({.cutmix = 1}, 400, 400, 6, batch).of_labels;
    covered += area;
    square += area * area;
  }
  double const mean = covered / draws, deviation = std::sqrt((square / draws - mean * mean) / draws);
  EXPECT_NEAR(mean, 1.0 / 2 - 1.0 / 5 + 1.0 / 48, 5 * deviation + 0.002);
}

TEST(MixChoice, TakesOneOfTwoAndSometimesNeither) {
  int mixed = 0, pasted = 0, draws = 10000;
  for (i64 batch = 0; batch < draws; ++batch) {
    MixChoice const choice = mix_choice({.mixup = 1, .cutmix = 1, .probability = 0.5f}, 64, 64, 7, batch);
    mixed += choice.of_values != 1;
    pasted += choice.of_values == 1 && choice.of_labels != 1;
  }
  EXPECT_NEAR(mixed, draws / 4, 5 * std::sqrt(draws * 0.1875));
  EXPECT_NEAR(pasted, draws / 4, 5 * std::sqrt(draws * 0.1875) + 0.005 * draws);  // a box may be empty
  MixChoice const none = mix_choice({}, 8, 8, 7, 0), never = mix_choice({.mixup = 1, .probability = 0}, 8, 8, 7, 0);
  EXPECT_TRUE(none.of_values == 1 && none.of_labels == 1 && none.box.empty());
  EXPECT_TRUE(never.of_values == 1 && never.of_labels == 1 && never.box.empty());
}

TEST(MixPartners, AreAPermutation) {
  for (i64 const n : {1, 2, 3, 5, 16, 17, 128, 1000})
    for (i64 batch = 0; batch < 20; ++batch) {
      MixPartners const partner(n, 1, batch);
      std::vector<bool> seen(static_cast<std::size_t>(n));
      for (i64 i = 0; i < n; ++i) {
        i64 const j = partner(i);
        ASSERT_TRUE(j >= 0 && j < n);
        ASSERT_FALSE(seen[static_cast<std::size_t>(j)]);
        seen[static_cast<std::size_t>(j)] = true;
      }
    }
}

TEST(MixPartners, AreEachPictureEquallyOften) {
  constexpr int draws = 20000;
  for (i64 const n : {2, 3, 7, 20})
    for (i64 i : {i64{0}, n - 1}) {
      std::vector<int> counts(static_cast<std::size_t>(n));
      for (i64 batch = 0; batch < draws; ++batch) ++counts[static_cast<std::size_t>(MixPartners(n, 2, batch)(i))];
      double const share = 1.0 / static_cast<double>(n);
      for (int const count : counts) EXPECT_NEAR(count, draws * share, 5 * std::sqrt(draws * share * (1 - share))) << n;
    }
}

}  // namespace
}  // namespace heddle::testing
