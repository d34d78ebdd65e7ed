// The mean grey of each image of a set: what contrast needs (colour.h). Images do not change, so it is taken once for a
// set, in one pass over its bytes, and a batch reads 4 bytes a picture; each batch would otherwise read all its images
// twice.
#pragma once

#include "kernels/core/operation.h"

namespace heddle {

/// grey[i] = the mean over the pixels of images[i] of 0.299 red + 0.587 green + 0.114 blue, or of the only channel, in
/// bytes, 0 to 255: a multiple of 2^-16, the same on every device. T is f32.
template <class T>
struct ImageGreyArgs {
  i64 count = 0, h = 0, w = 0, c = 0;  // c is 1 or 3
  u8 const* images = nullptr;          // [count, h, w, c]
  T* grey = nullptr;                   // [count]; 0 for images without pixels

  static void tensors(auto& a, auto&& tensor) {
    tensor("images", a.images, a.count * a.h * a.w * a.c);
    tensor("grey", a.grey, a.count);
  }
  double flops() const { return 0; }  // of floating-point numbers
};

HEDDLE_OPERATION(image_grey, ImageGreyArgs);

}  // namespace heddle
