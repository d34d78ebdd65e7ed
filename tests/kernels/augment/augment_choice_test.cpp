#include "kernels/augment/augment_choice.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace heddle::testing {
namespace {

constexpr i64 h = 6, w = 5;

/// Whether `counts` of `options` equally likely outcomes is within five standard deviations everywhere.
template <class Key>
::testing::AssertionResult even(std::map<Key, int> const& counts, std::size_t options, int draws) {
  double const share = 1.0 / static_cast<double>(options), expected = draws * share;
  if (counts.size() != options) return ::testing::AssertionFailure() << counts.size() << " outcomes, not " << options;
  for (auto const& [key, count] : counts)
    if (std::abs(count - expected) > 5 * std::sqrt(expected * (1 - share)))
      return ::testing::AssertionFailure() << count << " times an outcome expected " << expected << " times";
  return ::testing::AssertionSuccess();
}

TEST(AugmentChoice, MakesEveryChoiceEquallyOften) {
  constexpr int draws = 20000;
  AugmentOptions const options = {.crop_padding = 2, .flip = Flip::random, .cutout = 3};
  std::map<std::pair<i64, i64>, int> crops, cutouts;
  std::map<bool, int> flips;
  for (i64 image = 0; image < draws; ++image) {
    AugmentChoice const choice = augment_choice(options, h, w, 1, image % 7, image);
    ASSERT_LE(std::abs(choice.top), 2);
    ASSERT_LE(std::abs(choice.left), 2);
    ++crops[{choice.top, choice.left}];
    ++flips[choice.mirrored];
    ++cutouts[{choice.cutout_top + 1, choice.cutout_left + 1}];
    ASSERT_GE(choice.cutout_top + 1, 0);
    ASSERT_LT(choice.cutout_top + 1, h);
    ASSERT_GE(choice.cutout_left + 1, 0);
    ASSERT_LT(choice.cutout_left + 1, w);
  }
  EXPECT_TRUE(even(crops, 25, draws));
  EXPECT_TRUE(even(flips, 2, draws));
  EXPECT_TRUE(even(cutouts, h * w, draws));
}

TEST(AugmentChoice, AlternatingFlipsAreDrawnOnceAndInvertedEachEpoch) {
  AugmentOptions const options = {.flip = Flip::alternating};
  std::map<bool, int> first;
  for (i64 image = 0; image < 1000; ++image) {
    bool const start = augment_choice(options, h, w, 3, 0, image).mirrored;
    ++first[start];
    for (i64 epoch = 1; epoch < 6; ++epoch)
      ASSERT_EQ(augment_choice(options, h, w, 3, epoch, image).mirrored, start == (epoch % 2 == 0));
  }
  EXPECT_TRUE(even(first, 2, 1000));
}

TEST(AugmentChoice, RandomFlipsChangeWithSeedEpochAndImage) {
  AugmentOptions const options = {.flip = Flip::random};
  int by_seed = 0, by_epoch = 0, by_image = 0;
  for (i64 image = 0; image < 1000; ++image) {
    bool const mirrored = augment_choice(options, h, w, 3, 4, image).mirrored;
    by_seed += mirrored != augment_choice(options, h, w, 5, 4, image).mirrored;
    by_epoch += mirrored != augment_choice(options, h, w, 3, 5, image).mirrored;
    by_image += mirrored != augment_choice(options, h, w, 3, 4, image + 1).mirrored;
  }
  // Half of them, within five standard deviations of 1000 coins.
  for (int const changed : {by_seed, by_epoch, by_image}) EXPECT_NEAR(changed, 500, 5 * std::sqrt(250.0));
}

TEST(AugmentChoice, LeavesAloneWhatIsNotAskedFor) {
  for (i64 image = 0; image < 100; ++image) {
    AugmentChoice const choice = augment_choice({}, h, w, 1, 2, image);
    EXPECT_EQ(choice.top, 0);
    EXPECT_EQ(choice.left, 0);
    EXPECT_FALSE(choice.mirrored);
  }
}

TEST(Reflect, TurnsAtTheEndsWithoutRepeatingThem) {
  EXPECT_EQ(reflect(-3, 5), 3);
  EXPECT_EQ(reflect(-1, 5), 1);
  EXPECT_EQ(reflect(0, 5), 0);
  EXPECT_EQ(reflect(4, 5), 4);
  EXPECT_EQ(reflect(5, 5), 3);
  EXPECT_EQ(reflect(8, 5), 0);
  EXPECT_EQ(reflect(0, 1), 0);
}

static_assert(!augment_choice({}, h, w, 1, 2, 3).mirrored);

}  // namespace
}  // namespace heddle::testing
