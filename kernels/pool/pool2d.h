// The shape of the pooling of NHWC activations by windows.
#pragma once

#include "kernels/core/padding.h"
#include "kernels/pool/pool_axis.h"

namespace heddle {

struct Pool2dShape {
  i64 n = 0, h = 0, w = 0, c = 0;  // input
  i64 r = 1, s = 1;                // window
  i64 stride_h = 1, stride_w = 1;
  Padding2d padding = {};

  /// Output height and width; a window that would start past the input is left out.
  constexpr i64 p() const { return (h + padding.top + padding.bottom - r) / stride_h + 1; }
  constexpr i64 q() const { return (w + padding.left + padding.right - s) / stride_w + 1; }
  constexpr i64 input_count() const { return n * h * w * c; }
  constexpr i64 output_count() const { return n * p() * q() * c; }
  friend bool operator==(Pool2dShape const&, Pool2dShape const&) = default;
};

/// Throws an Error that names the values unless sizes are non-negative, strides positive, the window fits into the
/// padded input, each padding is at most half the window, and positions of an image fit into 32 bits.
void check_shape(Pool2dShape const& shape);

/// The axes of a shape that check_shape accepts.
PoolAxis rows_of(Pool2dShape const& shape);
PoolAxis columns_of(Pool2dShape const& shape);

}  // namespace heddle
