// Elementwise arithmetic and activations.
#pragma once

#include "kernels/elementwise/elementwise.h"
#include "ops/tensor.h"

namespace heddle::ops {

/// a + b, of one shape.
Tensor add(Tensor const& a, Tensor const& b);
/// factor * x.
Tensor scale(Tensor const& x, f32 factor);
/// x[..., j] + bias[j].
Tensor add_bias(Tensor const& x, Tensor const& bias);
Tensor activate(Tensor const& x, Activation activation);

/// target += factor * x, in place and not recorded.
void add_scaled_(Tensor& target, Tensor const& x, f32 factor);
/// target = (1 - weight) * target + weight * x, in place and not recorded.
void blend_(Tensor& target, Tensor const& x, f32 weight);
/// target *= factor, in place and not recorded.
void scale_(Tensor& target, f32 factor);

}  // namespace heddle::ops
