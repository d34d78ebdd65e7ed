// From uint8 images to a normalised, augmented batch in one pass. Every random choice is a pure function of
// (seed, epoch, image), so a picture does not depend on batch size, thread count or device.
#pragma once

#include "kernels/augment/affine.h"
#include "kernels/augment/colour.h"
#include "kernels/core/operation.h"

namespace heddle {

enum class Flip : u8 {
  none,
  random,       // each image with probability one half, drawn anew each epoch
  alternating,  // drawn once per image, then flipped in every other epoch (Jordan 2024, arXiv:2404.00498)
};

struct AugmentOptions {
  i64 crop_padding = 0;  // random crop of the image padded by this many pixels; 0 for none
  Border border = Border::reflect;
  Flip flip = Flip::none;
  i64 cutout = 0;  // side of the square set to the mean, placed anywhere (DeVries, Taylor 2017); 0 for none
  ColourOptions colour = {};
  AffineOptions affine = {};
  friend bool operator==(AugmentOptions const&, AugmentOptions const&) = default;
};

/// y[i] = (augmented images[index[i]] / 255 - mean) / deviation. Order: crop, rotation with shear and scale, flip,
/// colour, cutout. All but the normalisation is arithmetic of integers, whose result is bytes, the same on every
/// device.
template <class T>
struct ImageBatchArgs {
  i64 n = 0, h = 0, w = 0, c = 0;  // the batch
  i64 count = 0;                   // of all images
  AugmentOptions options = {};
  u64 seed = 0;
  i64 epoch = 0;
  u8 const* images = nullptr;      // [count, h, w, c]
  i64 const* index = nullptr;      // [n], each below count
  f32 const* mean = nullptr;       // [c], of values in [0, 1]
  f32 const* deviation = nullptr;  // [c], likewise
  f32 const* grey = nullptr;       // [count]: the mean grey of each image (image_grey.h), or null: no contrast
  T* y = nullptr;                  // [n, h, w, c]

  static void tensors(auto& a, auto&& tensor) {
    i64 const size = a.h * a.w * a.c;
    bool const empty = a.n * size == 0;
    tensor("images", a.images, empty ? 0 : a.count * size);
    tensor("index", a.index, empty ? 0 : a.n);
    tensor("mean", a.mean, empty ? 0 : a.c);
    tensor("deviation", a.deviation, empty ? 0 : a.c);
    tensor("grey", a.grey, empty ? 0 : a.count, TensorUse{.optional = true});
    tensor("y", a.y, a.n * size);
  }
  /// A multiply-add for each value.
  double flops() const { return 2.0 * static_cast<double>(n) * static_cast<double>(h * w * c); }
};

/// The CPU also refuses an index outside of [0, count) and a deviation that is not positive; elsewhere, where the host
/// does not see them, an image with such an index is NaN.
HEDDLE_OPERATION(image_batch, ImageBatchArgs);

}  // namespace heddle
