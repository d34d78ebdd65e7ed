// Activations on the CPU: each is a function of one element, mapped over the tensor.
#include "kernels/core/arguments.h"
#include "kernels/elementwise/elementwise.h"

namespace heddle::cpu {
namespace {

constexpr i64 chunk = 4096;  // fixed, so that an element meets the same instructions whatever the number of threads
constexpr i64 parallel_from = 4 * chunk;

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

}  // namespace

void activation_forward(ActivationForwardArgs<f32> const& args, Stream) {
  with_activation(args.activation, [&](auto function, auto) { map(args, function); });
}

void activation_backward(ActivationBackwardArgs<f32> const& args, Stream) {
  with_activation(args.activation, [&](auto, auto gradient) { map(args, gradient); });
}

}  // namespace heddle::cpu
