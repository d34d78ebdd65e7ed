#include <algorithm>

#include "kernels/conv/conv2d_depthwise.h"
#include "kernels/core/math.h"

namespace heddle {

i64 depthwise_filter_parts(Conv2dShape const& shape) {
  // 8 blocks for each of the 132 multiprocessors of an H200, which have 128 bytes of bf16 channels and 1024 pixels.
  constexpr i64 wanted_blocks = 8 * 132, channels = 64, least_pixels = 1024;
  i64 const pixels = shape.n * shape.p() * shape.q(), slabs = ceil_div<i64>(shape.c, channels);
  return std::clamp<i64>(wanted_blocks / std::max<i64>(slabs, 1), 1, std::max<i64>(pixels / least_pixels, 1));
}

}  // namespace heddle
