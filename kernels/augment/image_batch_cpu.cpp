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

template <class T>
void augment(ImageBatchArgs<T> const& a, AugmentChoice const& choice, u8 const* image, T const* table, T* y) {
  auto const h = static_cast<i32>(a.h), w = static_cast<i32>(a.w);
  for (i32 row = 0; row < h; ++row)
    for (i32 column = 0; column < w; ++column, y += a.c) {
      AugmentSource const source = augment_source(a.options, choice, h, w, row, column);
      if (source.kind == AugmentSource::Kind::mean)
        std::fill_n(y, a.c, T(0.0f));  // the mean is zero after normalisation
      else if (source.kind == AugmentSource::Kind::black)
        std::copy_n(table, a.c, y);
      else
        copy_normalized(image + (source.row * a.w + source.column) * a.c, 1, a.c, table, y);
    }
}

/// Makes the pixels of a picture whose colours change, or that is turned, sheared or scaled.
template <class T>
class PixelMaker {
 public:
  PixelMaker(ImageBatchArgs<T> const& a, AugmentChoice const& choice, i64 number)
      : a_(a),
        choice_(choice),
        image_(a.images + number * a.h * a.w * a.c),
        colour_(colour_of(a, number)),
        affine_(affine_of(a, number)) {}

  void operator()(i32 row, i32 column, u8* pixel) const {
    a_.options.affine.any() ? sample(row, column, pixel) : take(row, column, pixel);
    if (a_.options.colour.any()) colour_.apply(a_.c, pixel, pixel);
  }

 private:
  u8 const* at(i32 row, i32 column) const { return image_ + (row * a_.w + column) * a_.c; }

  void take(i32 row, i32 column, u8* pixel) const {
    AugmentSource const source =
        augment_source(a_.options, choice_, static_cast<i32>(a_.h), static_cast<i32>(a_.w), row, column);
    if (source.kind == AugmentSource::Kind::black)
      std::fill_n(pixel, a_.c, u8{0});
    else
      std::copy_n(at(source.row, source.column), a_.c, pixel);
  }

  void sample(i32 row, i32 column, u8* pixel) const {
    auto const h = static_cast<i32>(a_.h), w = static_cast<i32>(a_.w);
    Samples const from = samples(affine_, a_.options.border, h, w, choice_.top, choice_.left, row,
                                 choice_.mirrored ? w - 1 - column : column);
    for (i64 k = 0; k < a_.c; ++k)
      pixel[k] = static_cast<u8>(from.blend([&](i32 r, i32 s) { return i32{at(r, s)[k]}; }));
  }

  ImageBatchArgs<T> const& a_;
  AugmentChoice choice_;
  u8 const* image_;
  ColourMap colour_;
  AffineMap affine_;
};

template <class T>
void make_picture(ImageBatchArgs<T> const& a, AugmentChoice const& choice, i64 number, T const* table, T* y) {
  PixelMaker<T> const make(a, choice, number);
  std::vector<u8> pixel(static_cast<std::size_t>(a.c));
  for (i32 row = 0; row < a.h; ++row)
    for (i32 column = 0; column < a.w; ++column, y += a.c)
      if (choice.cut_out(static_cast<i32>(a.options.cutout), row, column)) {
        std::fill_n(y, a.c, T(0.0f));
      } else {
        make(row, column, pixel.data());
        copy_normalized(pixel.data(), 1, a.c, table, y);
      }
}

}  // namespace

template <class T>
void image_batch(ImageBatchArgs<T> const& a, Stream) {
  check_image_batch(a);
  i64 const size = a.h * a.w * a.c;
  if (a.n * size == 0) return;
  check_values(a);
  std::vector<T> const table = normalization_table(a);
#pragma omp parallel for schedule(static) if (a.n * size > parallel_from)
  for (i64 i = 0; i < a.n; ++i) {
    u8 const* image = a.images + a.index[i] * size;
    AugmentChoice const choice = augment_choice(a.options, a.h, a.w, a.seed, a.epoch, a.index[i]);
    if (a.options.colour.any() || a.options.affine.any())
      make_picture(a, choice, a.index[i], table.data(), a.y + i * size);
    else if (a.options.crop_padding == 0 && !choice.mirrored && a.options.cutout == 0)
      copy_normalized(image, a.h * a.w, a.c, table.data(), a.y + i * size);
    else
      augment(a, choice, image, table.data(), a.y + i * size);
  }
}

HEDDLE_INSTANTIATE(image_batch, ImageBatchArgs);

}  // namespace heddle::cpu
