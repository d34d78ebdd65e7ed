// Reductions of one axis of tensors of f32, f16 or bf16.
#pragma once

#include "ops/tensor.h"

namespace heddle::ops {

// x [..., axis, ...] -> the same without that axis, which counts from the end where it is negative. To reduce several
// neighbouring axes, reshape them to one.

Tensor sum(Tensor const& x, int axis);
/// NaN of an empty axis.
Tensor mean(Tensor const& x, int axis);
/// sqrt(sum of x^2); its gradient is 0 where it is 0.
Tensor l2_norm(Tensor const& x, int axis);
/// The largest element; NaN counts as larger than all others. The gradient goes to the first of equal ones. Throws an
/// Error when the axis is empty.
Tensor max(Tensor const& x, int axis);
/// Its place in the axis, the first of equal ones, as i64; not differentiable.
Tensor argmax(Tensor const& x, int axis);

}  // namespace heddle::ops
