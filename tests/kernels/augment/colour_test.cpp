// The colours of augmentation against the four steps, one after the other, in double precision.
#include "kernels/augment/colour.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "kernels/augment/image_grey_check.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

using Colour = std::array<double, 3>;

double grey_of(Colour const& x) { return 0.299 * x[0] + 0.587 * x[1] + 0.114 * x[2]; }

double fraction(i32 value) { return value / 65536.0; }

/// Turns the plane of I and Q of YIQ, whose axes are those of the NTSC, clockwise: from red towards green.
Colour turned(Colour const& x, double turns) {
  double const angle = -2 * std::numbers::pi * turns;
  double const i = 0.595716 * x[0] - 0.274453 * x[1] - 0.321263 * x[2];
  double const q = 0.211456 * x[0] - 0.522591 * x[1] + 0.311135 * x[2];
  double const turned_i = std::cos(angle) * i - std::sin(angle) * q;
  double const turned_q = std::sin(angle) * i + std::cos(angle) * q, y = grey_of(x);
  return {y + 0.9563 * turned_i + 0.6210 * turned_q, y - 0.2721 * turned_i - 0.6474 * turned_q,
          y - 1.1070 * turned_i + 1.7046 * turned_q};
}

Colour four_steps(ColourStrengths const& strengths, double mean, Colour x) {
  double const b = fraction(strengths.brightness), k = fraction(strengths.contrast);
  double const s = fraction(strengths.saturation);
  for (double& value : x) value = k * b * value + (1 - k) * b * mean;
  double const grey = grey_of(x);
  for (double& value : x) value = s * value + (1 - s) * grey;
  return turned(x, fraction(strengths.hue));
}

std::array<u8, 3> bytes_at(u64 index) {
  auto const draw = philox(1, 2, index);
  return {static_cast<u8>(draw[0]), static_cast<u8>(draw[1]), static_cast<u8>(draw[2])};
}

TEST(FixedSine, IsTheSine) {
  for (u64 i = 0; i < 100000; ++i) {
    u32 const angle = philox(3, 0, i)[0];
    ASSERT_NEAR(fixed_sine(angle), 0x1p30 * std::sin(2 * std::numbers::pi * angle * 0x1p-32), 8);
  }
  constexpr i32 one = 1 << 30;
  for (u32 quarter = 0; quarter < 8; ++quarter) {
    EXPECT_EQ(fixed_sine(quarter << 30), (std::array{0, one, 0, -one}[quarter % 4]));
    EXPECT_EQ(fixed_cosine(quarter << 30), (std::array{one, 0, -one, 0}[quarter % 4]));
  }
}

// Half a byte by rounding; weights rounded to 2^-17 times three bytes add 0.006; the tables of YIQ have four digits,
// which at twice two times the contrast, brightness and saturation of 255 is 0.4 at most.
TEST(Colour, IsTheFourStepsInTheirOrder) {
  ColourOptions const options = {.brightness = 1, .contrast = 1, .saturation = 1, .hue = 0.5f};
  for (i64 image = 0; image < 3000; ++image) {
    ColourStrengths const strengths = colour_strengths(options, 5, 6, image);
    f32 const mean = static_cast<f32>(image % 256) + 0.25f;
    ColourMap const map = colour_map(strengths, 3, mean);
    auto pixel = bytes_at(static_cast<u64>(image));
    Colour const expected = four_steps(strengths, mean, {1.0 * pixel[0], 1.0 * pixel[1], 1.0 * pixel[2]});
    map.apply(3, pixel.data(), pixel.data());
    for (std::size_t k = 0; k < 3; ++k)
      ASSERT_NEAR(pixel[k], std::clamp(expected[k], 0.0, 255.0), 0.91) << image << " channel " << k;
  }
}

TEST(Colour, OneChannelTakesBrightnessAndContrast) {
  for (i64 image = 0; image < 1000; ++image) {
    ColourStrengths const strengths =
        colour_strengths({.brightness = 1, .contrast = 1, .saturation = 1, .hue = 0.5f}, 5, 6, image);
    u8 byte = bytes_at(static_cast<u64>(image))[0];
    double const b = fraction(strengths.brightness), k = fraction(strengths.contrast);
    double const expected = std::clamp(k * b * byte + (1 - k) * b * 77, 0.0, 255.0);
    colour_map(strengths, 1, 77).apply(1, &byte, &byte);
    ASSERT_NEAR(byte, expected, 0.51);
  }
}

TEST(Colour, WithoutStrengthsChangesNoByte) {
  ColourMap const map = colour_map(colour_strengths({}, 1, 2, 3), 3, 120);
  for (u64 i = 0; i < 1000; ++i) {
    auto pixel = bytes_at(i);
    map.apply(3, pixel.data(), pixel.data());
    EXPECT_EQ(pixel, bytes_at(i));
  }
  EXPECT_EQ(map.black(), 0);
}

TEST(Colour, HueAndSaturationLeaveGreyAlone) {
  for (i64 image = 0; image < 200; ++image) {
    ColourMap const map = colour_map(colour_strengths({.saturation = 1, .hue = 0.5f}, 1, 2, image), 3, 0);
    for (int byte = 0; byte < 256; ++byte) {
      std::array<u8, 3> pixel;
      pixel.fill(static_cast<u8>(byte));
      map.apply(3, pixel.data(), pixel.data());
      for (u8 const value : pixel) ASSERT_EQ(value, byte);
    }
  }
}

TEST(Colour, APositiveHueTakesRedTowardsGreen) {
  std::array<u8, 3> red = {200, 20, 20};
  colour_map({.hue = 65536 / 12}, 3, 0).apply(3, red.data(), red.data());
  EXPECT_GT(red[1], red[2] + 40);
}

TEST(Colour, StrengthsAreEvenAndKeepTheirBounds) {
  constexpr int draws = 20000;
  double sum[4] = {}, square[4] = {};
  for (i64 image = 0; image < draws; ++image) {
    auto const drawn =
        colour_strengths({.brightness = 0.5f, .contrast = 0.25f, .saturation = 1, .hue = 0.125f}, 9, 1, image);
    double const scaled[] = {(fraction(drawn.brightness) - 1) / 0.5, (fraction(drawn.contrast) - 1) / 0.25,
                             fraction(drawn.saturation) - 1, fraction(drawn.hue) / 0.125};
    for (int i = 0; i < 4; ++i) {
      ASSERT_LE(std::abs(scaled[i]), 1);
      sum[i] += scaled[i];
      square[i] += scaled[i] * scaled[i];
    }
  }
  for (int i = 0; i < 4; ++i) {  // variance 1/3, that of the squares 4/45: five standard deviations
    EXPECT_NEAR(sum[i] / draws, 0, 5 * std::sqrt(1.0 / 3 / draws));
    EXPECT_NEAR(square[i] / draws, 1.0 / 3, 5 * std::sqrt(4.0 / 45 / draws));
  }
}

TEST(ImageGrey, RefusesWhatMakesNoSense) {
  EXPECT_EQ(error_of([] { cpu::image_grey<f32>({.count = 1, .h = 2, .w = 2, .c = 2}, {}); }),
            "[image_grey] images must have 1 or 3 channels: c=2");
  EXPECT_EQ(error_of([] { cpu::image_grey<f32>({.count = 1, .h = 2, .w = 2, .c = 3}, {}); }),
            "[image_grey] images is null, but has 12 elements");
  EXPECT_EQ(error_of([] { cpu::image_grey<f32>({.count = -1, .c = 3}, {}); }),
            "[image_grey] sizes must not be negative: count=-1, h=0, w=0, c=3");
}

TEST(ImageGrey, IsTheMeanOfTheWeightedBytes) {
  for (i64 const c : {1, 3}) {
    std::vector<u8> images;
    for (i64 i = 0; i < 4 * 35 * c; ++i) images.push_back(static_cast<u8>(philox(1, 0, static_cast<u64>(i))[0]));
    std::vector<f32> grey(4);
    cpu::image_grey<f32>({.count = 4, .h = 5, .w = 7, .c = c, .images = images.data(), .grey = grey.data()}, {});
    for (i64 i = 0; i < 4; ++i) {
      double sum = 0;
      for (i64 p = i * 35; p < i * 35 + 35; ++p) {
        auto const at = static_cast<std::size_t>(p * c);
        sum += c == 1 ? images[at] : grey_of({1.0 * images[at], 1.0 * images[at + 1], 1.0 * images[at + 2]});
      }
      EXPECT_NEAR(grey[static_cast<std::size_t>(i)], sum / 35, 255 * 0x1p-15);  // weights and mean to 2^-17
    }
  }
}

}  // namespace
}  // namespace heddle::testing
