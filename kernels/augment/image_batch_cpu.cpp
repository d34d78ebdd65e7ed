// Image batches on the CPU: a byte becomes a float by a table of 256 values per channel, which makes normalisation
// exact and leaves one load per value.
#include <algorithm>
#include <vector>

#include "kernels/augment/augment_choice.h"
#include "kernels/core/arguments.h"

namespace heddle::cpu {
namespace {

constexpr i64 parallel_from = 1 << 14;  // values; a fork costs about as much as this many

void check_args(ImageBatchArgs<f32> const& args) {
  check(args.n >= 0 && args.h >= 0 && args.w >= 0 && args.c >= 0,
        "[image_batch] sizes must not be negative: n=", args.n, ", h=", args.h, ", w=", args.w, ", c=", args.c);
  i64 const padding = args.options.crop_padding;
  check(padding >= 0 && args.options.cutout >= 0,
        "[image_batch] crop_padding and cutout must not be negative: crop_padding=", padding,
        ", cutout=", args.options.cutout);
  check(args.options.flip <= Flip::alternating, "[image_batch] unknown flip: ", static_cast<int>(args.options.flip));
  check(args.epoch >= 0 && args.epoch < i64{1} << 48, "[image_batch] epoch must lie in [0, 2^48): epoch=", args.epoch);
  i64 const elements = args.n * args.h * args.w * args.c;
  if (elements == 0) return;
  check_pointer("image_batch", "images", args.images, elements);
  check_pointer("image_batch", "index", args.index, args.n);
  check_pointer("image_batch", "mean", args.mean, args.c);
  check_pointer("image_batch", "deviation", args.deviation, args.c);
  check_pointer("image_batch", "y", args.y, elements);
  check(padding == 0 || (padding < args.h && padding < args.w),
        "[image_batch] crop_padding must be below h and w, as reflection needs a pixel to reflect: crop_padding=",
        padding, ", h=", args.h, ", w=", args.w);
  for (i64 k = 0; k < args.c; ++k)
    check(args.deviation[k] > 0, "[image_batch] deviation must be positive: channel=", k,
          ", deviation=", args.deviation[k]);
  for (i64 i = 0; i < args.n; ++i)
    check(args.index[i] >= 0 && args.index[i] < args.count, "[image_batch] index must lie in [0, count): position=", i,
          ", index=", args.index[i], ", count=", args.count);
}

// [256, c]: the normalised value of each byte.
std::vector<f32> normalization_table(ImageBatchArgs<f32> const& args) {
  std::vector<f32> table;
  table.reserve(static_cast<std::size_t>(256 * args.c));
  for (int byte = 0; byte < 256; ++byte)
    for (i64 k = 0; k < args.c; ++k) table.push_back((static_cast<f32>(byte) / 255 - args.mean[k]) / args.deviation[k]);
  return table;
}

void copy_normalized(u8 const* image, i64 pixels, i64 c, f32 const* table, f32* y) {
  for (i64 i = 0; i < pixels; ++i)
    for (i64 k = 0; k < c; ++k) y[i * c + k] = table[image[i * c + k] * c + k];
}

void crop_and_flip(ImageBatchArgs<f32> const& args, AugmentChoice const& choice, u8 const* image, f32 const* table,
                   f32* y) {
  i64 const h = args.h, w = args.w, c = args.c;
  for (i64 row = 0; row < h; ++row) {
    u8 const* source = image + reflect(choice.top + row, h) * w * c;
    for (i64 column = 0; column < w; ++column) {
      i64 const unflipped = choice.mirrored ? w - 1 - column : column;
      copy_normalized(source + reflect(choice.left + unflipped, w) * c, 1, c, table, y + (row * w + column) * c);
    }
  }
}

// The mean is zero after normalisation.
void cut_out(ImageBatchArgs<f32> const& args, AugmentChoice const& choice, f32* y) {
  i64 const side = args.options.cutout;
  i64 const top = std::max<i64>(choice.cutout_top, 0), bottom = std::min(choice.cutout_top + side, args.h);
  i64 const left = std::max<i64>(choice.cutout_left, 0), right = std::min(choice.cutout_left + side, args.w);
  for (i64 row = top; row < bottom; ++row)
    std::fill(y + (row * args.w + left) * args.c, y + (row * args.w + right) * args.c, 0.0f);
}

}  // namespace

void image_batch(ImageBatchArgs<f32> const& args, Stream) {
  check_args(args);
  i64 const size = args.h * args.w * args.c;
  if (args.n * size == 0) return;
  std::vector<f32> const table = normalization_table(args);
#pragma omp parallel for schedule(static) if (args.n * size > parallel_from)
  for (i64 i = 0; i < args.n; ++i) {
    u8 const* image = args.images + args.index[i] * size;
    f32* y = args.y + i * size;
    AugmentChoice const choice = augment_choice(args.options, args.h, args.w, args.seed, args.epoch, args.index[i]);
    if (args.options.crop_padding == 0 && !choice.mirrored)
      copy_normalized(image, args.h * args.w, args.c, table.data(), y);
    else
      crop_and_flip(args, choice, image, table.data(), y);
    if (args.options.cutout > 0) cut_out(args, choice, y);
  }
}

}  // namespace heddle::cpu
