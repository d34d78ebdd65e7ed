// Pooling of NHWC activations: f32, f16 or bf16, on every device.
#pragma once

#include "kernels/core/padding.h"
#include "ops/tensor.h"

namespace heddle::ops {

struct Pool2dOptions {
  i64 r = 2, s = 2;  // window
  i64 stride_h = 2, stride_w = 2;
  Padding2d padding = {};
};

/// The largest value of each window: x [n, h, w, c] -> [n, p, q, c]. Padding never wins, NaN does. The gradient goes to
/// the first of equal values.
Tensor max_pool(Tensor const& x, Pool2dOptions const& options = {});

/// The mean of each window: x [n, h, w, c] -> [n, p, q, c]. With `count_padding` padding counts as zeros, else not.
Tensor average_pool(Tensor const& x, Pool2dOptions const& options = {}, bool count_padding = true);

/// The mean of as many windows as there are to be outputs: x [n, h, w, c] -> [n, p, q, c]. Output i takes the rows from
/// floor(i * h / p) to ceil((i + 1) * h / p), and likewise columns.
Tensor adaptive_average_pool(Tensor const& x, i64 p, i64 q);

/// The mean over all positions: x [n, h, w, c] -> [n, c].
Tensor global_average_pool(Tensor const& x);

}  // namespace heddle::ops
