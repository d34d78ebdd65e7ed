// Rows and columns added around an image before a window slides over it.
#pragma once

#include "kernels/core/types.h"

namespace heddle {

struct Padding2d {
  i64 top = 0, bottom = 0, left = 0, right = 0;
  friend bool operator==(Padding2d const&, Padding2d const&) = default;
};

}  // namespace heddle
