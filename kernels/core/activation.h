// Activations, and what they compute on the CPU. With the normal distribution Phi, its density phi, and s = sigmoid:
//   relu        max(x, 0); NaN stays NaN
//   gelu_erf    x Phi(x);       derivative Phi(x) + x phi(x)
//   gelu_tanh   x s(2 u), with u = sqrt(2 / pi) (x + 0.044715 x^3) (Hendrycks, Gimpel 2016)
//   silu        x s(x);         derivative s (1 + x (1 - s))
#pragma once

#include <cmath>
#include <numbers>

#include "kernels/core/error.h"
#include "kernels/core/types.h"

namespace heddle {

enum class Activation : u8 { none, relu, gelu_erf, gelu_tanh, silu };

inline constexpr f32 sqrt_half = static_cast<f32>(1 / std::numbers::sqrt2);
inline constexpr f32 inv_sqrt_two_pi = static_cast<f32>(std::numbers::inv_sqrtpi / std::numbers::sqrt2);
inline constexpr f32 sqrt_two_over_pi = static_cast<f32>(std::numbers::sqrt2 * std::numbers::inv_sqrtpi);
inline constexpr f32 gelu_cubic = 0.044715f;

namespace cpu {

inline f32 relu(f32 x) { return x < 0 ? 0 : x; }
inline f32 relu_gradient(f32 x, f32 dy) { return x <= 0 ? 0 : dy; }

// By erfc, which has no cancellation where Phi is small.
inline f32 normal_distribution(f32 x) { return 0.5f * std::erfc(-sqrt_half * x); }
inline f32 gelu_erf(f32 x) { return x * normal_distribution(x); }
inline f32 gelu_erf_gradient(f32 x, f32 dy) {
  f32 const density = inv_sqrt_two_pi * std::exp(-0.5f * x * x);
  return dy * (normal_distribution(x) + x * density);
}

struct Gate {
  f32 open, closed;  // sigmoid(x), and 1 - sigmoid(x) without its cancellation
};
inline Gate sigmoid(f32 x) {
  f32 const exponential = std::exp(-x), open = 1 / (1 + exponential);
  return {open, x < 0 ? 1 - open : exponential * open};
}

// By (1 + tanh u) / 2 = sigmoid(2 u).
inline Gate tanh_gate(f32 x) { return sigmoid(2 * sqrt_two_over_pi * (x + gelu_cubic * x * x * x)); }
inline f32 gelu_tanh(f32 x) { return x * tanh_gate(x).open; }
inline f32 gelu_tanh_gradient(f32 x, f32 dy) {
  auto const [open, closed] = tanh_gate(x);
  f32 const slope = 2 * sqrt_two_over_pi * (1 + 3 * gelu_cubic * x * x);
  return dy * open * (1 + x * closed * slope);
}

inline f32 silu(f32 x) { return x * sigmoid(x).open; }
inline f32 silu_gradient(f32 x, f32 dy) {
  auto const [open, closed] = sigmoid(x);
  return dy * open * (1 + x * closed);
}

/// Calls body(f, gradient) with y = f(x) and dx = gradient(x, dy) of the activation.
template <class Body>
void with_activation(Activation activation, Body const& body) {
  switch (activation) {
    case Activation::none:
      return body([](f32 x) { return x; }, [](f32, f32 dy) { return dy; });
    case Activation::relu:
      return body([](f32 x) { return relu(x); }, [](f32 x, f32 dy) { return relu_gradient(x, dy); });
    case Activation::gelu_erf:
      return body([](f32 x) { return gelu_erf(x); }, [](f32 x, f32 dy) { return gelu_erf_gradient(x, dy); });
    case Activation::gelu_tanh:
      return body([](f32 x) { return gelu_tanh(x); }, [](f32 x, f32 dy) { return gelu_tanh_gradient(x, dy); });
    case Activation::silu:
      return body([](f32 x) { return silu(x); }, [](f32 x, f32 dy) { return silu_gradient(x, dy); });
  }
  fail("[activation] unknown activation: ", static_cast<int>(activation));
}

}  // namespace cpu
}  // namespace heddle
