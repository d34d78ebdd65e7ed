// Stochastic gradient descent with momentum, as PyTorch defines it, of a list of parameters.
#pragma once

#include "kernels/optimizer/step_state.h"

namespace heddle {

/// A parameter, and what its update needs.
template <class T>
struct SgdTensor {
  i64 count = 0;
  f32 weight_decay = 0;
  T const* gradient = nullptr;  // [count]
  f32* parameter = nullptr;     // [count]
  f32* velocity = nullptr;      // [count], zero before the first step; null when momentum is 0
  T* copy = nullptr;            // [count], receives the parameter rounded to T; null for none

  static void tensors(auto& t, auto&& tensor) {
    tensor("gradient", t.gradient, t.count);
    tensor("parameter", t.parameter, t.count, TensorUse{.updated = true});
    tensor("velocity", t.velocity, t.count, TensorUse{.updated = true, .optional = true});
    tensor("copy", t.copy, t.count, TensorUse{.optional = true});
  }
};

/// With the learning rate and gradient scale of `state`: g = gradient_scale * gradient + weight_decay * parameter;
/// velocity = momentum * velocity + g; parameter -= learning_rate * (nesterov ? g + momentum * velocity : velocity).
/// Nothing changes where the gradients are not finite.
template <class T>
struct SgdArgs {
  std::span<SgdTensor<T> const> list;  // itself on the host
  f32 momentum = 0;
  bool nesterov = false;
  StepState const* state = nullptr;  // [1]

  static void tensors(auto& a, auto&& tensor) {
    for (auto& t : a.list) SgdTensor<T>::tensors(t, tensor);
    tensor("state", a.state, 1);
  }
  /// Per element: 1 to scale, 2 for decay, 2 for the velocity, 2 for Nesterov's, 2 for the parameter.
  double flops() const { return 9 * count_of(list); }
};

HEDDLE_OPERATION(sgd, SgdArgs);

}  // namespace heddle
