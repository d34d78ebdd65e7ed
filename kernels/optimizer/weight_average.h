// The moving average of a list of parameters.
#pragma once

#include <algorithm>

#include "kernels/optimizer/step_state.h"

namespace heddle {

template <class T>
struct AverageTensor {
  i64 count = 0;
  T const* parameter = nullptr;  // [count]
  T* average = nullptr;          // [count]

  static void tensors(auto& t, auto&& tensor) {
    tensor("parameter", t.parameter, t.count);
    tensor("average", t.average, t.count, TensorUse{.updated = true});
  }
};

/// After update `step` of `state`: average = (1 - w) * average + w * parameter, where w = 1 - min(decay, step / (step +
/// 9)), so that the first updates do not weigh too much. Nothing changes where the gradients are not finite. T is f32.
template <class T>
struct WeightAverageArgs {
  std::span<AverageTensor<T> const> list;  // itself on the host
  double decay = 0;
  StepState const* state = nullptr;  // [1]

  static void tensors(auto& a, auto&& tensor) {
    for (auto& t : a.list) AverageTensor<T>::tensors(t, tensor);
    tensor("state", a.state, 1);
  }
  double flops() const { return 3 * count_of(list); }
};

/// w.
constexpr f32 average_weight(double decay, StepState const& state) {
  double const step = static_cast<double>(state.step);
  return static_cast<f32>(1 - std::min(decay, step / (step + 9)));
}

HEDDLE_OPERATION(weight_average, WeightAverageArgs);

}  // namespace heddle
