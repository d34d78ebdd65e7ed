#include <algorithm>
#include <cmath>

#include "tests/train/folder.h"
#include "train/data/dataset.h"

namespace heddle::train {
namespace {

TEST(Synthetic, DependsOnTheSeedAlone) {
  DataSet const a = make_synthetic(50, 20, 3), b = make_synthetic(50, 20, 3), other = make_synthetic(50, 20, 4);
  EXPECT_EQ(a.train.images.to_vector<u8>(), b.train.images.to_vector<u8>());
  EXPECT_EQ(a.test.labels.to_vector<i32>(), b.test.labels.to_vector<i32>());
  EXPECT_NE(a.train.images.to_vector<u8>(), other.train.images.to_vector<u8>());
}

TEST(Synthetic, TestImagesAreNotTrainingImages) {
  DataSet const data = make_synthetic(60, 60, 1);
  for (i64 i = 0; i < 60; ++i)
    for (i64 j = 0; j < 60; ++j)
      ASSERT_NE(data.train.images.rows(i, i + 1).to_vector<u8>(), data.test.images.rows(j, j + 1).to_vector<u8>());
}

TEST(Synthetic, HasTenBalancedClasses) {
  DataSet const data = make_synthetic(2000, 10, 1);
  EXPECT_EQ(data.train.images.shape(), (Shape{2000, 32, 32, 3}));
  EXPECT_EQ(data.class_names.size(), 10u);
  std::vector<int> counts(10);
  for (i32 const label : data.train.labels.to_vector<i32>()) ++counts.at(static_cast<std::size_t>(label));
  // Binomial with p = 1 / 10: 200 with a deviation of 13.4; five of them hold for any sane generator.
  for (int const count : counts) EXPECT_NEAR(count, 200, 67);
}

/// What keeps a linear model from learning: the mean image of a class is that of the others.
TEST(Synthetic, MeanImagesDoNotTellTheClass) {
  constexpr i64 count = 3000, values = 32 * 32 * 3;
  DataSet const data = make_synthetic(count, 1, 1);
  std::vector<std::vector<double>> mean(10, std::vector<double>(values));
  std::vector<double> images(10);
  for (i64 i = 0; i < count; ++i) {
    auto const label = static_cast<std::size_t>(data.train.labels.data<i32>()[i]);
    ++images[label];
    for (i64 j = 0; j < values; ++j)
      mean[label][static_cast<std::size_t>(j)] += data.train.images.data<u8>()[i * values + j];
  }
  double largest = 0;
  for (std::size_t label = 1; label < 10; ++label) {
    double squares = 0;
    for (std::size_t j = 0; j < values; ++j) {
      double const difference = mean[label][j] / images[label] - mean[0][j] / images[0];
      squares += difference * difference;
    }
    largest = std::max(largest, std::sqrt(squares / values));
  }
  // Pixels deviate by about 75 from image to image: means of 300 images differ by 75 * sqrt(2 / 300) = 6 by chance.
  EXPECT_LT(largest, 12);
}

TEST(Synthetic, RefusesEmptySets) { EXPECT_ERROR(make_synthetic(0, 5, 1), "got 0 and 5"); }

}  // namespace
}  // namespace heddle::train
