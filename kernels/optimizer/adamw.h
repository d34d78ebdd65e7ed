// Adam with decoupled weight decay (Loshchilov, Hutter 2019) of a list of parameters.
#pragma once

#include "kernels/optimizer/step_state.h"

namespace heddle {

/// A parameter, and what its update needs.
template <class T>
struct AdamWTensor {
  i64 count = 0;
  f32 weight_decay = 0;
  T const* gradient = nullptr;   // [count]
  f32* parameter = nullptr;      // [count]
  f32* first_moment = nullptr;   // [count], zero before the first step
  f32* second_moment = nullptr;  // [count], likewise
  T* copy = nullptr;             // [count], receives the parameter rounded to T; null for none

  static void tensors(auto& t, auto&& tensor) {
    tensor("gradient", t.gradient, t.count);
    tensor("parameter", t.parameter, t.count, TensorUse{.updated = true});
    tensor("first_moment", t.first_moment, t.count, TensorUse{.updated = true});
    tensor("second_moment", t.second_moment, t.count, TensorUse{.updated = true});
    tensor("copy", t.copy, t.count, TensorUse{.optional = true});
  }
};

/// With step, learning rate and gradient scale of `state`: g = gradient_scale * gradient;
/// p *= 1 - learning_rate * weight_decay; m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g^2;
/// p -= learning_rate * mhat / (sqrt(vhat) + epsilon), with mhat = m / (1 - beta1^step), vhat = v / (1 - beta2^step).
/// Nothing changes where the gradients are not finite.
template <class T>
struct AdamWArgs {
  std::span<AdamWTensor<T> const> list;  // itself on the host
  f32 beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;
  StepState const* state = nullptr;  // [1]

  static void tensors(auto& a, auto&& tensor) {
    for (auto& t : a.list) AdamWTensor<T>::tensors(t, tensor);
    tensor("state", a.state, 1);
  }
  /// Per element: 1 to scale, 3 for m, 4 for v, 3 for the divisor, 4 for the parameter.
  double flops() const { return 15 * count_of(list); }
};

HEDDLE_OPERATION(adamw, AdamWArgs);

}  // namespace heddle
