// Two-dimensional transposed convolution.
#pragma once

#include "ops/conv2d.h"

namespace heddle::ops {

struct ConvTranspose2dOptions {
  Conv2dOptions convolution = {};  // the one whose input's gradient this is
  /// Rows and columns of y beyond the last that PyTorch's size formula names: a stride leaves open how many the
  /// convolution dropped. Below the stride.
  i64 output_padding_h = 0, output_padding_w = 0;
};

/// x [n, p, q, k], filter [k, r, s, c / groups] -> y [n, h, w, c], the gradient that a convolution's input gets from x:
///   h = (p - 1) stride_h - top - bottom + dilation_h (r - 1) + 1 + output_padding_h, likewise w.
/// Throws an Error that names the values unless y has pixels.
Tensor conv_transpose2d(Tensor const& x, Tensor const& filter, ConvTranspose2dOptions const& options = {});

}  // namespace heddle::ops
