// The directions of a convolution on tensors, of which an op and its gradient are made.
#pragma once

#include "kernels/conv/conv2d.h"
#include "ops/tensor.h"

namespace heddle::ops {

/// x [n, h, w, c], filter [k, r, s, c / groups] -> y [n, p, q, k].
Tensor convolve(Conv2dShape const& shape, Tensor const& x, Tensor const& filter);
/// dy [n, p, q, k], filter -> dx [n, h, w, c].
Tensor convolve_backward_data(Conv2dShape const& shape, Tensor const& dy, Tensor const& filter);
/// x, dy -> dfilter.
Tensor convolve_backward_filter(Conv2dShape const& shape, Tensor const& x, Tensor const& dy);

}  // namespace heddle::ops
