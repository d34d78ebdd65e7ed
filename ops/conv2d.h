// Two-dimensional convolution.
#pragma once

#include "kernels/core/padding.h"
#include "ops/tensor.h"

namespace heddle::ops {

struct Conv2dOptions {
  i64 stride_h = 1, stride_w = 1;
  i64 dilation_h = 1, dilation_w = 1;
  Padding2d padding = {};
  i64 groups = 1;
};

/// x [n, h, w, c], filter [k, r, s, c / groups] -> y [n, p, q, k].
Tensor conv2d(Tensor const& x, Tensor const& filter, Conv2dOptions const& options = {});

}  // namespace heddle::ops
