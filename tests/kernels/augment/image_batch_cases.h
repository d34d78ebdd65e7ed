// The cases of image batches as operation_test.h wants them, with the bound that a kernel must keep that computes in
// f32.
#pragma once

#include <cmath>
#include <ostream>

#include "bench/samples/image_batch.h"
#include "tests/support/fill.h"
#include "tests/support/operation_test.h"

namespace heddle::testing {

struct ImageBatchSizes {
  std::string name;
  i64 n, h, w, c;
  AugmentOptions options = {};
  i64 offset = 0;
  i64 epoch = 2;
};

inline void PrintTo(ImageBatchSizes const& c, std::ostream* out) { *out << c.name; }

inline std::vector<ImageBatchSizes> image_batch_cases() {
  AugmentOptions const all = {.crop_padding = 3, .flip = Flip::random, .cutout = 5};
  AugmentOptions const black = {.crop_padding = 5, .border = Border::zero, .flip = Flip::alternating};
  AugmentOptions coloured = all, turned = all, turned_black = black, both = all;
  both.colour = coloured.colour = {.brightness = 0.4f, .contrast = 0.5f, .saturation = 1, .hue = 0.3f};
  both.affine = turned.affine = {.rotation = 40, .shear = 0.3f, .scale = 0.4f};
  turned_black.affine = {.rotation = 180, .shear = 1, .scale = 0.9f};
  turned_black.colour = {.contrast = 1};
  return {
      {"one", 1, 1, 1, 1},
      {"no_images", 0, 4, 4, 3, all},
      {"no_rows", 2, 0, 4, 3},
      {"plain", 3, 8, 8, 3},
      {"cifar", 20, 32, 32, 3, all},
      {"cifar_black", 20, 32, 32, 3, black},
      {"black_beyond_the_image", 40, 4, 8, 1, {.crop_padding = 9, .border = Border::zero}},
      {"flipped", 12, 6, 16, 2, {.flip = Flip::random}},
      {"mnist", 9, 28, 28, 1, all},
      {"odd", 7, 9, 11, 3, all},
      {"odd_black", 7, 9, 11, 3, black},
      {"misaligned", 4, 16, 16, 3, all, 1},
      {"largest_padding", 30, 4, 16, 1, {.crop_padding = 3}},
      {"bands", 2, 100, 64, 3, all},
      {"bands_black", 3, 100, 64, 3, {.crop_padding = 40, .border = Border::zero, .cutout = 30}},
      {"bands_folded", 6, 90, 96, 1, {.crop_padding = 80}},
      {"long_rows", 1, 3, 3000, 3, {.crop_padding = 2}},
      {"many_channels", 2, 6, 8, 17, all},
      {"cut_out_all", 3, 8, 8, 2, {.cutout = 40}},
      {"coloured", 12, 32, 32, 3, coloured},
      {"coloured_grey", 6, 28, 28, 1, coloured},
      {"coloured_odd", 7, 9, 11, 3, coloured},
      {"coloured_odd_grey", 7, 9, 11, 1, coloured},
      {"coloured_bands", 2, 100, 60, 3, coloured},
      {"coloured_black", 9, 8, 8, 3, {.crop_padding = 5, .border = Border::zero, .colour = coloured.colour}},
      {"turned", 12, 32, 32, 3, turned},
      {"turned_black", 12, 16, 20, 3, turned_black},
      {"turned_odd", 7, 9, 11, 3, both},
      {"turned_one", 3, 1, 1, 1, {.affine = turned.affine}},
      {"turned_misaligned", 3, 16, 16, 3, both, 1},
      {"turned_long_rows", 1, 3, 3000, 3, {.crop_padding = 2, .affine = turned.affine}},
      {"turned_large", 2, 96, 80, 3, both},
      {"turned_many_channels", 2, 6, 8, 17, turned},
      {"turned_grey", 5, 28, 28, 1, both},
  };
}

struct ImageBatchCase : bench::ImageBatchSample {
  ImageBatchSizes c;
  i64 offset = c.offset;
  explicit ImageBatchCase(ImageBatchSizes const& given) : c(given) {}

  /// As many images again as are taken.
  template <class T>
  Args<T> arguments() const {
    return {.n = c.n,
            .h = c.h,
            .w = c.w,
            .c = c.c,
            .count = 2 * c.n + 1,
            .options = c.options,
            .seed = 11,
            .epoch = c.epoch};
  }
  std::vector<f32> values(std::string_view name, i64 count, u64) const {
    if (name == "mean") return uniform(count, 1, 0.4f, 0.6f);
    if (name == "deviation") return uniform(count, 2, 0.2f, 0.3f);
    if (name == "index") return small_integers(count, 3, 0, static_cast<int>(2 * c.n));
    if (name == "grey") return uniform(count, 5, 0, 255);
    return small_integers(count, 4, 0, 255);
  }
  /// With s = byte / (255 d) <= 5 and t = m / d <= 3: the reference rounds byte / 255, the difference and the quotient,
  /// a kernel 255 d, its reciprocal, -m / d, the product and the sum.
  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    Bounds result = {{"y", {}}};
    for (i64 i = 0; i < c.n * c.h * c.w * c.c; ++i)
      result["y"].push_back(1.1 * 0x1p-24 * (4 * 5 + 2 * 3) + (unit_roundoff<T> + 3 * 0x1p-24) * std::abs(a.y[i]) +
                            half_subnormal<T>);
    return result;
  }
};

}  // namespace heddle::testing
