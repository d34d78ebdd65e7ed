// What every device asks of the arguments of an image batch.
#pragma once

#include "kernels/augment/image_batch.h"
#include "kernels/core/arguments.h"

namespace heddle {

inline void check_strength(char const* name, f32 strength, f32 most) {
  check(strength >= 0 && strength <= most, "[image_batch] ", name, " must lie in [0, ", most, "]: ", name, "=",
        strength);
}

/// Throws an Error that names the value for strengths out of their range, and for images whose colours cannot change.
template <class T>
void check_colour(ImageBatchArgs<T> const& a) {
  ColourOptions const& colour = a.options.colour;
  check_strength("brightness", colour.brightness, 1);
  check_strength("contrast", colour.contrast, 1);
  check_strength("saturation", colour.saturation, 1);
  check_strength("hue", colour.hue, 0.5f);
  check(!colour.any() || a.c == 1 || a.c == 3, "[image_batch] colour needs 1 or 3 channels: c=", a.c);
  check(colour.contrast == 0 || a.grey != nullptr || a.n * a.h * a.w == 0,
        "[image_batch] contrast needs the mean grey of the images: grey is null");
}

template <class T>
void check_affine(ImageBatchArgs<T> const& a) {
  AffineOptions const& affine = a.options.affine;
  check_strength("rotation", affine.rotation, 180);
  check_strength("shear", affine.shear, 1);
  check_strength("scale", affine.scale, 0.9f);
  check(!affine.any() || (a.h <= affine_side && a.w <= affine_side && a.c <= affine_channels),
        "[image_batch] rotation, shear and scale take h and w up to ", affine_side, " and c up to ", affine_channels,
        ": h=", a.h, ", w=", a.w, ", c=", a.c);
}

/// Throws an Error that names the value for a negative size, null where there are elements, an unknown option or one
/// out of its range, an epoch outside [0, 2^48), and a crop_padding that is not below h and w (reflection needs a pixel
/// to reflect).
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
  check_colour(a);
  check_affine(a);
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
