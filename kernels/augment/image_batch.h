// From uint8 images to a normalised, augmented batch in one pass. Every random choice is a pure function of
// (seed, epoch, image), so a picture does not depend on batch size, thread count or device.
#pragma once

#include "kernels/core/cost.h"
#include "kernels/core/stream.h"
#include "kernels/core/types.h"

namespace heddle {

enum class Flip : u8 {
  none,
  random,       // each image with probability one half, drawn anew each epoch
  alternating,  // drawn once per image, then flipped in every other epoch (Jordan 2024, arXiv:2404.00498)
};

struct AugmentOptions {
  i64 crop_padding = 0;  // random crop of the image padded by reflection by this many pixels; 0 for none
  Flip flip = Flip::none;
  i64 cutout = 0;  // side of the square set to the mean, placed anywhere (DeVries, Taylor 2017); 0 for none
  friend bool operator==(AugmentOptions const&, AugmentOptions const&) = default;
};

/// y[i] = (augmented images[index[i]] / 255 - mean) / deviation. Order: crop, flip, cutout.
template <class T>
struct ImageBatchArgs {
  i64 n = 0, h = 0, w = 0, c = 0;  // the batch
  i64 count = 0;                   // of all images
  AugmentOptions options;
  u64 seed = 0;
  i64 epoch = 0;
  u8 const* images = nullptr;      // [count, h, w, c]
  i64 const* index = nullptr;      // [n], each below count
  f32 const* mean = nullptr;       // [c], of values in [0, 1]
  f32 const* deviation = nullptr;  // [c], likewise
  T* y = nullptr;                  // [n, h, w, c]
};

template <class T>
using ImageBatchFn = void(ImageBatchArgs<T> const&, Stream);

namespace cpu {
/// Throws an Error that names the value for a negative size, null where there are elements, an index outside
/// [0, count), and a crop_padding that is not below h and w (reflection needs a pixel to reflect).
extern ImageBatchFn<f32> image_batch;
}  // namespace cpu

}  // namespace heddle
