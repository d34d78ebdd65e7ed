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
    if (a.options.crop_padding == 0 && !choice.mirrored && a.options.cutout == 0)
      copy_normalized(image, a.h * a.w, a.c, table.data(), a.y + i * size);
    else
      augment(a, choice, image, table.data(), a.y + i * size);
  }
}

HEDDLE_INSTANTIATE(image_batch, ImageBatchArgs);

}  // namespace heddle::cpu
