// The L2 norm of a list of gradients, and what follows from it for the update: whether all are finite, and the factor
// that clips them to a norm (Pascanu, Mikolov, Bengio 2013). All of it stays on the device.
#pragma once

#include "kernels/core/math.h"
#include "kernels/core/workspace.h"
#include "kernels/optimizer/step_state.h"

namespace heddle {

template <class T>
struct GradientTensor {
  i64 count = 0;
  T const* gradient = nullptr;  // [count]

  static void tensors(auto& t, auto&& tensor) { tensor("gradient", t.gradient, t.count); }
};

/// What a block of the kernels adds up.
inline constexpr i64 gradient_norm_chunk = 16384;

/// The chunks of a list.
template <class T>
i64 gradient_norm_chunks(std::span<GradientTensor<T> const> list) {
  i64 chunks = 0;
  for (GradientTensor<T> const& t : list) chunks += ceil_div(t.count, gradient_norm_chunk);
  return chunks;
}

/// In `state`: gradient_norm = sqrt(sum of gradient^2) / loss_scale, where sums are of double precision, so that they
/// are finite if and only if all gradients are, which sets finite; gradient_scale = min(1, max_norm / gradient_norm)
/// / loss_scale; step gains 1, and takes its learning rate from the rules, if they have one. With gradients that are
/// not finite, step and learning rate stay and gradient_scale is 0. Last, the loss scale becomes that of the next step.
/// The order of additions depends on the sizes alone.
template <class T>
struct GradientNormArgs {
  std::span<GradientTensor<T> const> list;             // itself on the host
  std::span<GradientTensor<f32> const> f32_list = {};  // further gradients, likewise, where T is a half type
  StepRules rules = {};
  StepState* state = nullptr;  // [1]
  Workspace workspace;         // of workspace_bytes(); unused on the CPU

  static void tensors(auto& a, auto&& tensor) {
    for (auto& t : a.list) GradientTensor<T>::tensors(t, tensor);
    for (auto& t : a.f32_list) GradientTensor<f32>::tensors(t, tensor);
    tensor("learning_rates", a.rules.learning_rates, a.rules.schedule_steps);
    tensor("state", a.state, 1, TensorUse{.updated = true});
  }
  double flops() const { return 2 * (count_of(list) + count_of(f32_list)); }
  i64 chunks() const { return gradient_norm_chunks(list) + gradient_norm_chunks(f32_list); }
  /// A sum of each chunk.
  std::size_t workspace_bytes() const { return static_cast<std::size_t>(chunks()) * sizeof(double); }
};

HEDDLE_OPERATION(gradient_norm, GradientNormArgs);

}  // namespace heddle
