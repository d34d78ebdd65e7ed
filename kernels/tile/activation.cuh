// Activations of a thread's elements, one switch for all of them. kernels/core/activation.h has the formulas.
#pragma once

#include "kernels/core/activation.h"
#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

HEDDLE_DEVICE inline f32 sigmoid(f32 x) {
  constexpr f32 log2_e = 1.44269504f;
  return reciprocal_approximate(1 + exp2_approximate(-log2_e * x));
}

HEDDLE_DEVICE inline f32 normal_distribution(f32 x) { return 0.5f + 0.5f * erff(sqrt_half * x); }

HEDDLE_DEVICE inline f32 gelu_tanh_argument(f32 x) { return 2 * sqrt_two_over_pi * (x + gelu_cubic * x * x * x); }

/// Replaces each x by activation(x).
template <int count>
HEDDLE_DEVICE void activate(Activation activation, f32 (&x)[count]) {
  auto const map = [&](auto&& function) {
    HEDDLE_UNROLL
    for (int k = 0; k < count; ++k) x[k] = function(x[k]);
  };
  switch (activation) {
    case Activation::none:
      return;
    case Activation::relu:
      return map([](f32 value) { return value < 0 ? 0.0f : value; });
    case Activation::gelu_erf:
      return map([](f32 value) { return value * normal_distribution(value); });
    case Activation::gelu_tanh:
      return map([](f32 value) { return value * sigmoid(gelu_tanh_argument(value)); });
    case Activation::silu:
      return map([](f32 value) { return value * sigmoid(value); });
  }
}

/// Replaces each dy by dy * activation'(x).
template <int count>
HEDDLE_DEVICE void activation_gradient(Activation activation, f32 const (&x)[count], f32 (&dy)[count]) {
  auto const multiply = [&](auto&& derivative) {
    HEDDLE_UNROLL
    for (int k = 0; k < count; ++k) dy[k] *= derivative(x[k]);
  };
  switch (activation) {
    case Activation::none:
      return;
    case Activation::relu:
      HEDDLE_UNROLL
      for (int k = 0; k < count; ++k) dy[k] = x[k] <= 0 ? 0.0f : dy[k];
      return;
    case Activation::gelu_erf:
      return multiply([](f32 value) {
        constexpr f32 half_log2_e = 0.72134752f;
        f32 const density = inv_sqrt_two_pi * exp2_approximate(-half_log2_e * value * value);
        return normal_distribution(value) + value * density;
      });
    case Activation::gelu_tanh:
      return multiply([](f32 value) {
        f32 const open = sigmoid(gelu_tanh_argument(value));
        f32 const slope = 2 * sqrt_two_over_pi * (1 + 3 * gelu_cubic * value * value);
        return open * (1 + value * (1 - open) * slope);
      });
    case Activation::silu:
      return multiply([](f32 value) {
        f32 const open = sigmoid(value);
        return open * (1 + value * (1 - open));
      });
  }
}

}  // namespace heddle::HEDDLE_BACKEND
