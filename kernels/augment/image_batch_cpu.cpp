// Image batches on the CPU: a byte becomes a number by a table of 256 values per channel, which makes normalisation
// exact and leaves one load per value.
#include <algorithm>
#include <vector>

#include "kernels/augment/augment_choice.h"
#include "kernels/augment/image_batch_check.h"

namespace heddle::cpu {
namespace {

constexpr i64 parallel_from = 1 << 14;  // values; a fork costs about as much as this many

/// What only the CPU can see.
template <class T>
void check_values(ImageBatchArgs<T> const& a) {
  for (i64 k = 0; k < a.c; ++k)
    check(a.deviation[k] > 0, "[image_batch] deviation must be positive: channel=", k, ", deviation=", a.deviation[k]);
  for (i64 i = 0; i < a.n; ++i)
    check(a.index[i] >= 0 && a.index[i] < a.count, "[image_batch] index must lie in [0, count): position=", i,
          ", index=", a.index[i], ", count=", a.count);
}

// [256, c]: the normalised value of each byte.
template <class T>
std::vector<T> normalization_table(ImageBatchArgs<T> const& a) {
  std::vector<T> table;
  table.reserve(static_cast<std::size_t>(256 * a.c));
  for (int byte = 0; byte < 256; ++byte)
    for (i64 k = 0; k < a.c; ++k) table.push_back(T((static_cast<f32>(byte) / 255 - a.mean[k]) / a.deviation[k]));
  return table;
}

template <class T>
void copy_normalized(u8 const* image, i64 pixels, i64 c, T const* table, T* y) {
  for (i64 i = 0; i < pixels; ++i)
    for (i64 k = 0; k < c; ++k) y[i * c + k] = table[image[i * c + k] * c + k];
}

/// One image's way to its picture.
template <class T>
class PictureMaker {
 public:
  PictureMaker(ImageBatchArgs<T> const& a, i64 image)
      : a_(a),
        h_(static_cast<i32>(a.h)),
        w_(static_cast<i32>(a.w)),
        bytes_(a.images + image * a.h * a.w * a.c),
        choice_(augment_choice(a.options, a.h, a.w, a.seed, a.epoch, image)),
        colour_(colour_of(a, image)),
        affine_(affine_of(a, image)) {}

  void write(T const* table, T* y) const {
    AugmentOptions const& options = a_.options;
    if (options.crop_padding == 0 && !choice_.mirrored && options.cutout == 0 && !options.colour.any() &&
        !options.affine.any())
      return copy_normalized(bytes_, a_.h * a_.w, a_.c, table, y);
    std::vector<u8> made(static_cast<std::size_t>(a_.c)), black(made.size(), 0);
    for (i32 row = 0; row < h_; ++row)
      for (i32 column = 0; column < w_; ++column, y += a_.c) {
        AugmentSource const source = augment_source(options, choice_, h_, w_, row, column);
        if (source.kind == AugmentSource::Kind::mean) {
          std::fill_n(y, a_.c, T(0.0f));  // the mean is zero after normalisation
          continue;
        }
        u8 const* pixel = source.kind == AugmentSource::Kind::black ? black.data() : at(source.row, source.column);
        if (options.affine.any()) pixel = sample(row, column, made.data());
        if (options.colour.any()) pixel = recolour(pixel, made.data());
        copy_normalized(pixel, 1, a_.c, table, y);
      }
  }

 private:
  u8 const* at(i32 row, i32 column) const { return bytes_ + (i64{row} * w_ + column) * a_.c; }

  u8 const* sample(i32 row, i32 column, u8* made) const {
    Samples const from = samples(affine_, a_.options.border, h_, w_, choice_.top, choice_.left, row,
                                 choice_.mirrored ? w_ - 1 - column : column);
    for (i64 k = 0; k < a_.c; ++k)
      made[k] = static_cast<u8>(from.blend([&](i32 r, i32 s) { return i32{at(r, s)[k]}; }));
    return made;
  }

  u8 const* recolour(u8 const* pixel, u8* made) const {
    colour_.apply(a_.c, pixel, made);
    return made;
  }

  ImageBatchArgs<T> const& a_;
  i32 h_, w_;
  u8 const* bytes_;
  AugmentChoice choice_;
  ColourMap colour_;
  AffineMap affine_;
};

}  // namespace

template <class T>
void image_batch(ImageBatchArgs<T> const& a, Stream) {
  check_image_batch(a);
  i64 const size = a.h * a.w * a.c;
  if (a.n * size == 0) return;
  check_values(a);
  std::vector<T> const table = normalization_table(a);
#pragma omp parallel for schedule(static) if (a.n * size > parallel_from)
  for (i64 i = 0; i < a.n; ++i) PictureMaker<T>(a, a.index[i]).write(table.data(), a.y + i * size);
}

HEDDLE_INSTANTIATE(image_batch, ImageBatchArgs);

}  // namespace heddle::cpu
