// Elementwise arithmetic, activations, dropout and conversions, of f32, f16 and bf16.
#pragma once

#include "kernels/core/activation.h"
#include "kernels/core/dropout.h"
#include "ops/generator.h"
#include "ops/tensor.h"

namespace heddle::ops {

/// a + b, of one shape.
Tensor add(Tensor const& a, Tensor const& b);
/// factor * x.
Tensor scale(Tensor const& x, f32 factor);
/// x[..., j] + bias[j].
Tensor add_bias(Tensor const& x, Tensor const& bias);
Tensor activate(Tensor const& x, Activation activation);

/// The steps of `chain`; what is undefined or none is left out.
struct Chain {
  Tensor bias = {};  // [columns], of x [..., columns]
  Activation activation = Activation::none;
  Dropout dropout = {};
  Tensor residual = {};  // of the shape of x
};
/// residual + dropout(activation(x + bias)) in one pass over memory, and likewise back.
Tensor chain(Tensor const& x, Chain const& steps);

/// What is dropped as one: each element; each channel of a sample, of x [n, ..., c]; each sample, of x [n, ...].
enum class DropoutUnit : u8 { element, channel, sample };
/// A dropout of tensors of that shape, with a stream of random numbers of its own.
Dropout dropout_of(Shape const& shape, f32 rate, DropoutUnit unit, Generator& generator);
/// Units become zero with the probability `rate`; the others are divided by 1 - rate. Of a tensor of weights this is
/// DropConnect (Wan et al. 2013); of the samples of a residual branch, stochastic depth (Huang et al. 2016).
Tensor dropout(Tensor const& x, f32 rate, DropoutUnit unit, Generator& generator);

/// The elements in another type, of f32, f16, bf16, i8 and u8; itself when it is of that type. Rounds to nearest even
/// and saturates integers. Only from a floating-point type to another is differentiable.
Tensor cast(Tensor const& x, DType dtype);

/// target += factor * x, in place and not recorded.
void add_scaled_(Tensor& target, Tensor const& x, f32 factor);
/// target = (1 - weight) * target + weight * x, in place and not recorded.
void blend_(Tensor& target, Tensor const& x, f32 weight);
/// target *= factor, in place and not recorded.
void scale_(Tensor& target, f32 factor);
/// The same with a factor on the device: one element of f32.
void scale_by_(Tensor& target, Tensor const& factor);

}  // namespace heddle::ops
