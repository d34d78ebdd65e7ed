// What every device asks of the arguments of a mean grey, and the arithmetic they share.
#pragma once

#include "kernels/augment/colour.h"
#include "kernels/augment/image_grey.h"
#include "kernels/core/arguments.h"

namespace heddle {

/// Throws an Error that names the value for a negative size, another number of channels, too large an image, and null
/// where there are elements.
template <class T>
void check_image_grey(ImageGreyArgs<T> const& a) {
  check_sizes("image_grey", {{"count", a.count}, {"h", a.h}, {"w", a.w}, {"c", a.c}});
  check(a.c == 1 || a.c == 3 || a.count == 0, "[image_grey] images must have 1 or 3 channels: c=", a.c);
  check(a.count == 0 || a.w == 0 || a.h <= (i64{1} << 29) / a.w / a.c,
        "[image_grey] an image must have at most 2^29 bytes: h=", a.h, ", w=", a.w, ", c=", a.c);
  check_tensors("image_grey", a);
}

/// The weight of channel k of c, in multiples of 2^-16.
constexpr i64 grey_weight(i64 c, i64 k) { return c == 1 ? 65536 : grey_weights[k]; }

/// The mean of `pixels` greys whose weighted bytes add up to `sum`, rounded to a multiple of 2^-16.
constexpr f32 mean_grey(i64 sum, i64 pixels) {
  return pixels == 0 ? 0.0f : static_cast<f32>((sum + pixels / 2) / pixels) * 0x1p-16f;
}

}  // namespace heddle
