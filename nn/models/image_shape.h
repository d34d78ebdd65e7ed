// The size of the images that a model is made for.
#pragma once

#include <string_view>

#include "kernels/core/error.h"
#include "kernels/core/types.h"

namespace heddle::nn {

/// One input image.
struct ImageShape {
  i64 h = 0, w = 0, c = 0;
  friend bool operator==(ImageShape const&, ImageShape const&) = default;
};

/// Throws an Error unless the image has channels and is at least `smallest` high and wide, and there are classes.
inline void check_image(std::string_view model, ImageShape const& image, i64 smallest, i64 classes) {
  check(image.h >= smallest && image.w >= smallest && image.c > 0, "[", model, "] images must be at least ", smallest,
        "x", smallest, " with one channel: h=", image.h, ", w=", image.w, ", c=", image.c);
  check(classes > 0, "[", model, "] classes must be positive: ", classes);
}

}  // namespace heddle::nn
