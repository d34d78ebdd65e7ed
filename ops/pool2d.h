// Pooling of NHWC activations.
#pragma once

#include "kernels/core/padding.h"
#include "ops/tensor.h"

namespace heddle::ops {

struct Pool2dOptions {
  i64 r = 2, s = 2;  // window
  i64 stride_h = 2, stride_w = 2;
  Padding2d padding = {};
};

/// x [n, h, w, c] -> [n, p, q, c].
Tensor max_pool(Tensor const& x, Pool2dOptions const& options = {});
Tensor average_pool(Tensor const& x, Pool2dOptions const& options = {}, bool count_padding = true);
/// x [n, h, w, c] -> [n, c].
Tensor global_average_pool(Tensor const& x);

}  // namespace heddle::ops
