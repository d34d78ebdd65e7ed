#include "kernels/augment/image_batch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "kernels/augment/augment_choice.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"
#include "tests/support/threads.h"

namespace heddle::testing {
namespace {

constexpr AugmentOptions everything = {.crop_padding = 3, .flip = Flip::random, .cutout = 4};

/// A data set of random bytes, none of which is the mean.
struct Images {
  i64 count, h, w, c;
  std::vector<u8> bytes;
  std::vector<f32> mean, deviation, grey;

  Images(i64 count_, i64 h_, i64 w_, i64 c_)
      : count(count_),
        h(h_),
        w(w_),
        c(c_),
        mean(uniform(c, 1, 0.4f, 0.6f)),
        deviation(uniform(c, 2, 0.1f, 0.3f)),
        grey(uniform(count, 4, 0, 255)) {
    for (i64 i = 0; i < count * size(); ++i) bytes.push_back(static_cast<u8>(philox(3, 0, static_cast<u64>(i))[0]));
  }

  i64 size() const { return h * w * c; }

  f32 normalized(i64 image, i64 row, i64 column, i64 k) const {
    u8 const byte = bytes[static_cast<std::size_t>(((image * h + row) * w + column) * c + k)];
    auto const channel = static_cast<std::size_t>(k);
    return (static_cast<f32>(byte) / 255 - mean[channel]) / deviation[channel];
  }

  ImageBatchArgs<f32> args(std::vector<i64> const& index, AugmentOptions const& options, i64 epoch) const {
    return {.n = static_cast<i64>(index.size()),
            .h = h,
            .w = w,
            .c = c,
            .count = count,
            .options = options,
            .seed = 11,
            .epoch = epoch,
            .images = bytes.data(),
            .index = index.data(),
            .mean = mean.data(),
            .deviation = deviation.data(),
            .grey = grey.data()};
  }

  std::vector<f32> batch(std::vector<i64> const& index, AugmentOptions const& options, i64 epoch = 0) const {
    std::vector<f32> y(index.size() * static_cast<std::size_t>(size()), NAN);
    auto batch_args = args(index, options, epoch);
    batch_args.y = y.data();
    cpu::image_batch<f32>(batch_args, {});
    return y;
  }

  std::vector<i64> all() const {
    std::vector<i64> index(static_cast<std::size_t>(count));
    std::iota(index.begin(), index.end(), 0);
    return index;
  }

  /// What batch(all(), …) must be where `source(image, row, column)` is the pixel (row, column) that is taken.
  template <class Source>
  std::vector<f32> expected(Source source) const {
    std::vector<f32> y;
    for (i64 image = 0; image < count; ++image)
      for (i64 row = 0; row < h; ++row)
        for (i64 column = 0; column < w; ++column) {
          auto const [from_row, from_column] = source(image, row, column);
          for (i64 k = 0; k < c; ++k) y.push_back(normalized(image, from_row, from_column, k));
        }
    return y;
  }
};

using Pixel = std::pair<i64, i64>;

TEST(ImageBatch, WithoutAugmentationIsTheFormula) {
  for (auto const& images : {Images(3, 5, 7, 1), Images(2, 4, 4, 3), Images(60, 32, 32, 3), Images(1, 1, 1, 5)})
    EXPECT_TRUE(equal(images.batch(images.all(), {}),
                      images.expected([](i64, i64 row, i64 column) { return Pixel(row, column); })));
}

TEST(ImageBatch, CropsFromTheReflectedImage) {
  Images const images(300, 7, 9, 2);
  // numpy.pad(range(size), padding, mode="reflect"), written out.
  std::vector<i64> const rows = {3, 2, 1, 0, 1, 2, 3, 4, 5, 6, 5, 4, 3};
  std::vector<i64> const columns = {3, 2, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 7, 6, 5};
  AugmentOptions const options = {.crop_padding = 3};
  EXPECT_TRUE(equal(images.batch(images.all(), options, 5), images.expected([&](i64 image, i64 row, i64 column) {
    AugmentChoice const choice = augment_choice(options, 7, 9, 11, 5, image);
    return Pixel(rows.at(static_cast<std::size_t>(choice.top + 3 + row)),
                 columns.at(static_cast<std::size_t>(choice.left + 3 + column)));
  })));
}

// Black before it is normalised, as for padding of the bytes. The padding may exceed the image.
TEST(ImageBatch, CropsFromTheImageWithinBlack) {
  Images images(200, 5, 6, 3);
  AugmentOptions const options = {.crop_padding = 7, .border = Border::zero};
  auto const y = images.batch(images.all(), options);
  i64 black = 0;
  for (i64 i = 0; i < std::ssize(y); ++i) {
    i64 const image = i / 90, k = i % 3;
    AugmentChoice const choice = augment_choice(options, 5, 6, 11, 0, image);
    i64 const row = choice.top + i % 90 / 18, column = choice.left + i % 18 / 3;
    bool const inside = row >= 0 && row < 5 && column >= 0 && column < 6;
    auto const channel = static_cast<std::size_t>(k);
    f32 const zero = (0 - images.mean[channel]) / images.deviation[channel];
    ASSERT_EQ(y[static_cast<std::size_t>(i)], inside ? images.normalized(image, row, column, k) : zero) << i;
    black += !inside;
  }
  EXPECT_GT(black, 0);
  EXPECT_LT(black, std::ssize(y));
}

TEST(ImageBatch, TheLargestPaddingIsBelowTheImage) {
  Images const images(50, 4, 4, 1);
  for (f32 const value : images.batch(images.all(), {.crop_padding = 3})) ASSERT_TRUE(std::isfinite(value));
}

TEST(ImageBatch, FlipsWholeRows) {
  Images const images(100, 3, 8, 3);
  AugmentOptions const options = {.flip = Flip::random};
  EXPECT_TRUE(equal(images.batch(images.all(), options), images.expected([&](i64 image, i64 row, i64 column) {
    bool const mirrored = augment_choice(options, 3, 8, 11, 0, image).mirrored;
    return Pixel(row, mirrored ? 7 - column : column);
  })));
}

TEST(ImageBatch, AlternateEpochsAreMirrorImages) {
  Images const images(20, 4, 5, 1);
  AugmentOptions const options = {.flip = Flip::alternating};
  auto const even = images.batch(images.all(), options, 2);
  auto mirrored = images.batch(images.all(), options, 3);
  EXPECT_FALSE(equal(mirrored, even));
  for (auto row = mirrored.begin(); row != mirrored.end(); row += 5) std::reverse(row, row + 5);
  EXPECT_TRUE(equal(mirrored, even));
  EXPECT_TRUE(equal(images.batch(images.all(), options, 4), even));
}

TEST(ImageBatch, FlipsAfterTheCrop) {
  Images const images(200, 8, 8, 1);
  AugmentOptions both = everything, crop = everything;
  both.cutout = crop.cutout = 0;
  crop.flip = Flip::none;
  auto const flipped = images.batch(images.all(), both);
  auto expected = images.batch(images.all(), crop);
  for (i64 image = 0; image < images.count; ++image) {
    if (!augment_choice(both, 8, 8, 11, 0, image).mirrored) continue;
    for (auto row = expected.begin() + image * 64; row != expected.begin() + (image + 1) * 64; row += 8)
      std::reverse(row, row + 8);
  }
  EXPECT_TRUE(equal(flipped, expected));
}

// The square is clipped at the border and changes nothing outside; inside, the normalised mean is 0.
TEST(ImageBatch, CutsOutASquareLast) {
  for (i64 const side : {1, 4, 5, 40}) {
    Images const images(200, 9, 11, 2);
    AugmentOptions options = everything;
    options.cutout = side;
    auto const y = images.batch(images.all(), options);
    options.cutout = 0;
    auto expected = images.batch(images.all(), options);
    options.cutout = side;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      auto const pixel = static_cast<i64>(i) / 2;
      AugmentChoice const choice = augment_choice(options, 9, 11, 11, 0, pixel / 99);
      i64 const row = pixel % 99 / 11 - choice.cutout_top, column = pixel % 11 - choice.cutout_left;
      if (row >= 0 && row < side && column >= 0 && column < side) expected[i] = 0;
    }
    EXPECT_TRUE(equal(y, expected)) << side;
  }
}

// So small that every strength drawn is none: the way of the affine maps, and of the colours, for the plain picture.
TEST(ImageBatch, IdentitiesGiveThePlainPicture) {
  for (Border const border : {Border::reflect, Border::zero}) {
    Images const images(60, 9, 12, 3);
    AugmentOptions options = everything;
    options.border = border;
    auto const plain = images.batch(images.all(), options, 1);
    options.affine = {.rotation = 1e-6f};
    EXPECT_TRUE(equal(images.batch(images.all(), options, 1), plain));
    options.colour = {.hue = 1e-6f};
    EXPECT_TRUE(equal(images.batch(images.all(), options, 1), plain));
  }
}

// Each pixel's colours after crop, turn and flip, and before the cutout.
TEST(ImageBatch, ColoursThePictureBeforeItIsCutOut) {
  Images const images(40, 9, 12, 3);
  AugmentOptions options = {
      .crop_padding = 4, .border = Border::zero, .flip = Flip::random, .cutout = 4, .affine = {.rotation = 60}};
  auto expected = images.batch(images.all(), options, 1);
  options.colour = {.brightness = 0.5f, .contrast = 0.8f, .saturation = 1, .hue = 0.2f};
  for (std::size_t pixel = 0; pixel < expected.size() / 3; ++pixel) {
    auto const image = static_cast<i64>(pixel) / 108, within = static_cast<i64>(pixel) % 108;
    AugmentChoice const choice = augment_choice(options, 9, 12, 11, 1, image);
    if (choice.cut_out(4, static_cast<i32>(within / 12), static_cast<i32>(within % 12))) continue;
    u8 bytes[3];
    for (std::size_t k = 0; k < 3; ++k)
      bytes[k] = static_cast<u8>(std::lround(255 * (expected[3 * pixel + k] * images.deviation[k] + images.mean[k])));
    colour_map(colour_strengths(options.colour, 11, 1, image), 3, images.grey[static_cast<std::size_t>(image)])
        .apply(3, bytes, bytes);
    for (std::size_t k = 0; k < 3; ++k)
      expected[3 * pixel + k] = (static_cast<f32>(bytes[k]) / 255 - images.mean[k]) / images.deviation[k];
  }
  EXPECT_TRUE(equal(images.batch(images.all(), options, 1), expected));
}

TEST(ImageBatch, CutoutAreaIsThatOfTheSquareAwayFromTheBorder) {
  Images const images(300, 12, 12, 1);
  auto const y = images.batch(images.all(), {.cutout = 4});
  std::vector<i64> areas;
  for (auto image = y.begin(); image != y.end(); image += 144) areas.push_back(std::count(image, image + 144, 0.0f));
  EXPECT_EQ(*std::max_element(areas.begin(), areas.end()), 16);
  EXPECT_EQ(*std::min_element(areas.begin(), areas.end()), 4);  // rows -2 to 1 or 9 to 12: two or three are left
}

TEST(ImageBatch, AnImageDoesNotDependOnItsBatch) {
  Images const images(64, 10, 10, 3);
  auto const whole = images.batch(images.all(), everything, 3);
  std::vector<i64> const index = {63, 5, 5, 0, 17};
  auto const some = images.batch(index, everything, 3);
  for (std::size_t i = 0; i < index.size(); ++i) {
    std::vector<f32> const one(some.begin() + static_cast<i64>(i) * 300, some.begin() + static_cast<i64>(i + 1) * 300);
    EXPECT_TRUE(equal(one, {whole.begin() + index[i] * 300, whole.begin() + (index[i] + 1) * 300}));
  }
  EXPECT_FALSE(equal(whole, images.batch(images.all(), everything, 4)));
}

TEST(ImageBatch, DoesNotDependOnThreads) {
  Images const images(101, 16, 16, 3);
  EXPECT_TRUE(same_bits_on_any_threads([&] { return images.batch(images.all(), everything); }));
}

TEST(ImageBatch, TakesNoImagesAndEmptyOnes) {
  EXPECT_TRUE(Images(2, 4, 4, 3).batch({}, everything).empty());
  Images const flat(2, 0, 4, 3);
  EXPECT_TRUE(flat.batch(flat.all(), {.flip = Flip::random, .cutout = 2}).empty());
}

TEST(ImageBatch, RefusesWhatMakesNoSense) {
  Images images(2, 4, 6, 2);
  auto const refusal = [&](AugmentOptions const& options, i64 epoch = 0, std::vector<i64> const& index = {0, 1}) {
    return error_of([&] { images.batch(index, options, epoch); });
  };
  EXPECT_EQ(refusal({.crop_padding = -1}),
            "[image_batch] crop_padding and cutout must not be negative: crop_padding=-1, cutout=0");
  EXPECT_EQ(refusal({.cutout = -2}),
            "[image_batch] crop_padding and cutout must not be negative: crop_padding=0, cutout=-2");
  EXPECT_EQ(refusal({.crop_padding = 4}),
            "[image_batch] crop_padding must be below h and w, as reflection needs a pixel to reflect: "
            "crop_padding=4, h=4, w=6");
  EXPECT_EQ(refusal({.flip = static_cast<Flip>(9)}), "[image_batch] unknown flip: 9");
  EXPECT_EQ(refusal({.colour = {.brightness = 1.5f}}), "[image_batch] brightness must lie in [0, 1]: brightness=1.5");
  EXPECT_EQ(refusal({.colour = {.contrast = -1}}), "[image_batch] contrast must lie in [0, 1]: contrast=-1");
  EXPECT_EQ(refusal({.colour = {.saturation = NAN}}), "[image_batch] saturation must lie in [0, 1]: saturation=nan");
  EXPECT_EQ(refusal({.colour = {.hue = 0.6f}}), "[image_batch] hue must lie in [0, 0.5]: hue=0.6");
  EXPECT_EQ(refusal({.colour = {.hue = 0.1f}}), "[image_batch] colour needs 1 or 3 channels: c=2");
  EXPECT_EQ(refusal({.affine = {.rotation = 181}}), "[image_batch] rotation must lie in [0, 180]: rotation=181");
  EXPECT_EQ(refusal({.affine = {.shear = 2}}), "[image_batch] shear must lie in [0, 1]: shear=2");
  EXPECT_EQ(refusal({.affine = {.scale = 1}}), "[image_batch] scale must lie in [0, 0.9]: scale=1");
  EXPECT_EQ(error_of([] {
              cpu::image_batch<f32>({.n = 1, .h = 2, .w = 2, .c = 1, .options = {.colour = {.contrast = 1}}}, {});
            }),
            "[image_batch] contrast needs the mean grey of the images: grey is null");
  EXPECT_EQ(error_of([] {
              cpu::image_batch<f32>({.n = 1, .h = 70000, .w = 2, .c = 1, .options = {.affine = {.scale = 0.5f}}}, {});
            }),
            "[image_batch] rotation, shear and scale take h and w up to 65536 and c up to 4096: h=70000, w=2, c=1");
  EXPECT_EQ(refusal({}, -1), "[image_batch] epoch must lie in [0, 2^48): epoch=-1");
  EXPECT_EQ(refusal({}, 0, {1, -1}), "[image_batch] index must lie in [0, count): position=1, index=-1, count=2");
  EXPECT_EQ(refusal({}, 0, {2, 0}), "[image_batch] index must lie in [0, count): position=0, index=2, count=2");
  std::vector<i64> const first = {0};
  ImageBatchArgs<f32> args = images.args(first, {}, 0);
  EXPECT_EQ(error_of([&] { cpu::image_batch<f32>(args, {}); }), "[image_batch] y is null, but has 48 elements");
  args.h = -4;
  EXPECT_EQ(error_of([&] { cpu::image_batch<f32>(args, {}); }),
            "[image_batch] sizes must not be negative: n=1, h=-4, w=6, c=2, count=2");
  for (f32 const deviation : {0.0f, -1.0f, NAN}) {
    images.deviation[1] = deviation;
    EXPECT_TRUE(refusal({}).starts_with("[image_batch] deviation must be positive: channel=1, deviation="));
  }
}

}  // namespace
}  // namespace heddle::testing
