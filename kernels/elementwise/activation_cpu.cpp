// Activations on the CPU: each is a function of one element, mapped over the tensor. Derivatives where y = f(x):
//   gelu_erf   Phi(x) + x phi(x), with the normal distribution Phi and its density phi
//   gelu_tanh  s (1 + x (1 - s) 2 u'(x)), with s = sigmoid(2 u) = (1 + tanh u) / 2, u = sqrt(2 / pi) (x + 0.044715 x^3)
//   silu       s (1 + x (1 - s)), with s = sigmoid(x)
#include <cmath>
#include <numbers>

#include "kernels/core/arguments.h"
#include "kernels/elementwise/elementwise.h"

namespace heddle::cpu {
namespace {

constexpr i64 chunk = 4096;  // fixed, so that an element meets the same instructions whatever the number of threads
constexpr i64 parallel_from = 4 * chunk;

constexpr f32 sqrt_half = static_cast<f32>(1 / std::numbers::sqrt2);
constexpr f32 inv_sqrt_two_pi = static_cast<f32>(std::numbers::inv_sqrtpi / std::numbers::sqrt2);
constexpr f32 sqrt_two_over_pi = static_cast<f32>(std::numbers::sqrt2 * std::numbers::inv_sqrtpi);
constexpr f32 cubic = 0.044715f;

f32 relu(f32 x) { return x < 0 ? 0 : x; }
f32 relu_gradient(f32 x, f32 dy) { return x <= 0 ? 0 : dy; }

// By erfc, which has no cancellation where Phi is small.
f32 normal_distribution(f32 x) { return 0.5f * std::erfc(-sqrt_half * x); }
f32 gelu_erf(f32 x) { return x * normal_distribution(x); }
f32 gelu_erf_gradient(f32 x, f32 dy) {
  f32 const density = inv_sqrt_two_pi * std::exp(-0.5f * x * x);
  return dy * (normal_distribution(x) + x * density);
}

struct Gate {
  f32 open, closed;  // sigmoid(x), and 1 - sigmoid(x) without its cancellation
};
Gate sigmoid(f32 x) {
  f32 const exponential = std::exp(-x), open = 1 / (1 + exponential);
  return {open, x < 0 ? 1 - open : exponential * open};
}

// By (1 + tanh u) / 2 = sigmoid(2 u).
Gate tanh_gate(f32 x) { return sigmoid(2 * sqrt_two_over_pi * (x + cubic * x * x * x)); }
f32 gelu_tanh(f32 x) { return x * tanh_gate(x).open; }
f32 gelu_tanh_gradient(f32 x, f32 dy) {
  auto const [open, closed] = tanh_gate(x);
  f32 const slope = 2 * sqrt_two_over_pi * (1 + 3 * cubic * x * x);
  return dy * open * (1 + x * closed * slope);
}

f32 silu(f32 x) { return x * sigmoid(x).open; }
f32 silu_gradient(f32 x, f32 dy) {
  auto const [open, closed] = sigmoid(x);
  return dy * open * (1 + x * closed);
}

template <class Function>
void map(ActivationForwardArgs<f32> const& args, Function function) {
  check_sizes("activation_forward", {{"count", args.count}});
  check_pointer("activation_forward", "x", args.x, args.count);
  check_pointer("activation_forward", "y", args.y, args.count);
  ActivationForwardArgs<f32> const p = args;
#pragma omp parallel for simd schedule(static, chunk) firstprivate(p) if (p.count > parallel_from)
  for (i64 i = 0; i < p.count; ++i) p.y[i] = function(p.x[i]);
}

template <class Function>
void map(ActivationBackwardArgs<f32> const& args, Function function) {
  check_sizes("activation_backward", {{"count", args.count}});
  check_pointer("activation_backward", "x", args.x, args.count);
  check_pointer("activation_backward", "dy", args.dy, args.count);
  check_pointer("activation_backward", "dx", args.dx, args.count);
  ActivationBackwardArgs<f32> const p = args;
#pragma omp parallel for simd schedule(static, chunk) firstprivate(p) if (p.count > parallel_from)
  for (i64 i = 0; i < p.count; ++i) p.dx[i] = function(p.x[i], p.dy[i]);
}

[[noreturn]] void fail_unknown(Activation activation) {
  fail("[activation] unknown activation: ", static_cast<int>(activation));
}

}  // namespace

void activation_forward(ActivationForwardArgs<f32> const& args, Stream) {
  switch (args.activation) {
    case Activation::none:
      return map(args, [](f32 x) { return x; });
    case Activation::relu:
      return map(args, [](f32 x) { return relu(x); });
    case Activation::gelu_erf:
      return map(args, [](f32 x) { return gelu_erf(x); });
    case Activation::gelu_tanh:
      return map(args, [](f32 x) { return gelu_tanh(x); });
    case Activation::silu:
      return map(args, [](f32 x) { return silu(x); });
  }
  fail_unknown(args.activation);
}

void activation_backward(ActivationBackwardArgs<f32> const& args, Stream) {
  switch (args.activation) {
    case Activation::none:
      return map(args, [](f32, f32 dy) { return dy; });
    case Activation::relu:
      return map(args, [](f32 x, f32 dy) { return relu_gradient(x, dy); });
    case Activation::gelu_erf:
      return map(args, [](f32 x, f32 dy) { return gelu_erf_gradient(x, dy); });
    case Activation::gelu_tanh:
      return map(args, [](f32 x, f32 dy) { return gelu_tanh_gradient(x, dy); });
    case Activation::silu:
      return map(args, [](f32 x, f32 dy) { return silu_gradient(x, dy); });
  }
  fail_unknown(args.activation);
}

}  // namespace heddle::cpu
