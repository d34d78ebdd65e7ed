// Rotation, shear and scale against PyTorch's grid_sample in double precision, and where the result is known exactly.
#include "kernels/augment/affine.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "kernels/augment/augment_choice.h"
#include "tests/support/compare.h"
#include "tests/support/fill.h"
#include "tests/support/fixture.h"

namespace heddle::testing {
namespace {

/// Whether a pixel is exactly (row, column) of the image.
bool is_pixel(Samples const& s, i32 row, i32 column) {
  return s.weight[0][0] == 65536 && s.row[0] == row && s.column[0] == column;
}

// A position is off by 1/512 and the rounding of the map; neighbours differ by 255 at most; then rounding to a byte.
TEST(Affine, SamplesWherePyTorchDoes) {
  nn::TensorFile const file = fixture("augment");
  auto const images = file.at("images").to_vector<u8>();
  auto const strengths = file.at("strengths").to_vector<i64>();
  i64 const n = file.at("images").size(0), c = file.at("images").size(3);
  i32 const h = static_cast<i32>(file.at("images").size(1)), w = static_cast<i32>(file.at("images").size(2));
  for (Border const border : {Border::zero, Border::reflect}) {
    auto const expected = values(file, border == Border::zero ? "zero" : "reflect");
    double total = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      i64 const at = static_cast<i64>(i), k = at % c, column = at / c % w, row = at / c / w % h, image = at / c / w / h;
      auto const* const drawn = &strengths[static_cast<std::size_t>(3 * image)];
      AffineMap const map =
          affine_map({static_cast<u32>(drawn[0]), static_cast<i32>(drawn[1]), static_cast<i32>(drawn[2])});
      i32 const byte =
          samples(map, border, h, w, 0, 0, static_cast<i32>(row), static_cast<i32>(column)).blend([&](i32 r, i32 s) {
            return i32{images[static_cast<std::size_t>(((image * h + r) * w + s) * c + k)]};
          });
      ASSERT_NEAR(byte, expected[i], 2 * 255.0 / 512 + 0.51) << i;
      total += std::abs(byte - expected[i]);
    }
    EXPECT_LT(total / static_cast<double>(n * h * w * c), 0.35);  // 0.25 is that of rounding to bytes
  }
}

TEST(Affine, WithoutStrengthsIsThePlainSource) {
  AffineMap const map = affine_map(affine_strengths({}, 1, 2, 3));
  for (Border const border : {Border::zero, Border::reflect})
    for (i32 const w : {1, 2, 7, 12})
      for (i32 row = 0; row < 5; ++row)
        for (i32 column = 0; column < w; ++column)
          ASSERT_TRUE(is_pixel(samples(map, border, 5, w, 0, 0, row, column), row, column));
}

TEST(Affine, AQuarterTurnIsAnticlockwise) {
  AffineMap const map = affine_map({.angle = u32{1} << 30});
  for (i32 row = 0; row < 8; ++row)  // what was at the right is on top
    for (i32 column = 0; column < 8; ++column)
      ASSERT_TRUE(is_pixel(samples(map, Border::zero, 8, 8, 0, 0, row, column), column, 7 - row));
}

TEST(Affine, TwiceTheScaleShowsTheMiddle) {
  AffineMap const map = affine_map({.scale = 2 * 65536});
  Samples const s = samples(map, Border::zero, 9, 9, 0, 0, 0, 8);
  EXPECT_TRUE(is_pixel(s, 2, 6));
}

TEST(Affine, WeightsAddUpToOneAndToLessAtABlackBorder) {
  for (i64 image = 0; image < 300; ++image) {
    AffineMap const map = affine_map(affine_strengths({.rotation = 180, .shear = 1, .scale = 0.9f}, 1, 2, image));
    for (i32 row = 0; row < 6; ++row)
      for (i32 column = 0; column < 7; ++column)
        for (Border const border : {Border::zero, Border::reflect}) {
          Samples const s = samples(map, border, 6, 7, -2, 3, row, column);
          i32 sum = 0;
          for (int i = 0; i < 4; ++i) {
            sum += s.weight[i / 2][i % 2];
            ASSERT_GE(s.weight[i / 2][i % 2], 0);
            ASSERT_TRUE(s.row[i / 2] >= 0 && s.row[i / 2] < 6 && s.column[i % 2] >= 0 && s.column[i % 2] < 7);
          }
          ASSERT_LE(sum, 65536);
          ASSERT_TRUE(border == Border::zero || sum == 65536);
        }
  }
}

TEST(Affine, StrengthsAreEvenAndKeepTheirBounds) {
  constexpr int draws = 20000;
  double sum[3] = {}, square[3] = {};
  for (i64 image = 0; image < draws; ++image) {
    auto const drawn = affine_strengths({.rotation = 30, .shear = 0.5f, .scale = 0.25f}, 7, 3, image);
    double const turn = static_cast<i32>(drawn.angle) * 0x1p-32;
    double const scaled[] = {turn * 12, drawn.shear / 32768.0, (drawn.scale - 65536) / 16384.0};
    for (int i = 0; i < 3; ++i) {
      ASSERT_LE(std::abs(scaled[i]), 1);
      sum[i] += scaled[i];
      square[i] += scaled[i] * scaled[i];
    }
  }
  for (int i = 0; i < 3; ++i) {  // variance 1/3, that of the squares 4/45: five standard deviations
    EXPECT_NEAR(sum[i] / draws, 0, 5 * std::sqrt(1.0 / 3 / draws));
    EXPECT_NEAR(square[i] / draws, 1.0 / 3, 5 * std::sqrt(4.0 / 45 / draws));
  }
}

TEST(ReflectOften, TurnsAtBothEndsAsOftenAsItTakes) {
  std::vector<i32> expected;  // numpy.pad([0, 1, 2, 3], 9, mode="reflect")
  for (i32 const value : {3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0}) expected.push_back(value);
  for (i32 position = -9; position < 13; ++position)
    EXPECT_EQ(reflect_often(position, 4), expected[static_cast<std::size_t>(position + 9)]) << position;
  EXPECT_EQ(reflect_often(-7, 1), 0);
}

}  // namespace
}  // namespace heddle::testing
