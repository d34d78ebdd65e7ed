// The part of a pooling window that lies in the image, along one axis.
#pragma once

#include <algorithm>

#include "kernels/core/types.h"

namespace heddle::cpu {

struct WindowRange {
  i64 begin = 0, end = 0;
  constexpr i64 size() const { return end - begin; }
};

/// The window of output `position`: positions of the input, clipped to [0, size). There is at least
/// one, because padding is at most half a window.
constexpr WindowRange window_range(i64 position, i64 stride, i64 padding, i64 window, i64 size) {
  i64 const begin = position * stride - padding;
  return {std::max<i64>(begin, 0), std::min(begin + window, size)};
}

}  // namespace heddle::cpu
