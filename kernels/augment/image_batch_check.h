// What every device asks of the arguments of an image batch.
#pragma once

#include "kernels/augment/image_batch.h"
#include "kernels/core/arguments.h"

namespace heddle {

/// Throws an Error that names the value for a negative size, null where there are elements, an unknown option, an epoch
/// outside [0, 2^48), and a crop_padding that is not below h and w (reflection needs a pixel to reflect).
template <class T>
void check_image_batch(ImageBatchArgs<T> const& a) {
  AugmentOptions const& options = a.options;
  check_sizes("image_batch", {{"n", a.n}, {"h", a.h}, {"w", a.w}, {"c", a.c}, {"count", a.count}});
  check(options.crop_padding >= 0 && options.cutout >= 0,
        "[image_batch] crop_padding and cutout must not be negative: crop_padding=", options.crop_padding,
        ", cutout=", options.cutout);
  check(options.flip <= Flip::alternating, "[image_batch] unknown flip: ", static_cast<int>(options.flip));
  check(options.border <= Border::zero, "[image_batch] unknown border: ", static_cast<int>(options.border));
  check(a.epoch >= 0 && a.epoch < i64{1} << 48, "[image_batch] epoch must lie in [0, 2^48): epoch=", a.epoch);
  constexpr i64 most = i64{1} << 29;
  check(options.crop_padding <= most && options.cutout <= most,
        "[image_batch] crop_padding and cutout must not exceed 2^29: crop_padding=", options.crop_padding,
        ", cutout=", options.cutout);
  check_tensors("image_batch", a);
  if (a.n * a.h * a.w * a.c == 0) return;
  check(a.h <= most / a.w / a.c, "[image_batch] an image must have at most 2^29 bytes: h=", a.h, ", w=", a.w,
        ", c=", a.c);
  check(options.border == Border::zero || options.crop_padding == 0 ||
            (options.crop_padding < a.h && options.crop_padding < a.w),
        "[image_batch] crop_padding must be below h and w, as reflection needs a pixel to reflect: crop_padding=",
        options.crop_padding, ", h=", a.h, ", w=", a.w);
}

}  // namespace heddle
