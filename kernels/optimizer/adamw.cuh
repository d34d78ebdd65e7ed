// AdamW of a list of parameters: with g = gradient_scale * gradient
//   m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g^2;
//   p = (1 - learning_rate * weight_decay) * p - learning_rate * mhat / (sqrt(vhat) + epsilon),
// with mhat = m / (1 - beta1^step), vhat = v / (1 - beta2^step). 1 - beta^step is -expm1(step * log(beta)): unlike the
// difference it keeps its digits in f32 where beta^step is close to 1.
//
// Threads: multi_tensor.cuh. A block takes 4096 elements, two turns of two accesses of each thread.
//
// Floor: gradient, parameter and moments read, parameter and moments written: 28 bytes an element in f32. 100 M
// elements: 2.8 GB, 0.65 ms at the 4.3 TB/s that an H200 copies. 15 operations an element, among them a division and a
// square root, are below its rate. Not yet measured.
#pragma once

#include <cmath>

#include "kernels/optimizer/adamw.h"
#include "kernels/optimizer/multi_tensor.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T>
class AdamWUpdate {
 public:
  using Tensor = AdamWTensor<T>;
  static constexpr i64 chunk = 4096;
  static constexpr int accesses = 2;

  struct Numbers {
    f32 beta1, beta2, log_beta1, log_beta2, epsilon;
  };

  template <int vector>
  struct Elements {
    Vector<T, vector> gradient;
    Vector<f32, vector> parameter, first_moment, second_moment;

    HEDDLE_DEVICE void load(Tensor const& t, i64 first) {
      gradient = load_streaming<Vector<T, vector>>(t.gradient + first);
      parameter = heddle::HEDDLE_BACKEND::load<Vector<f32, vector>>(t.parameter + first);
      first_moment = load_streaming<Vector<f32, vector>>(t.first_moment + first);
      second_moment = load_streaming<Vector<f32, vector>>(t.second_moment + first);
    }
  };

  HEDDLE_DEVICE AdamWUpdate(Numbers const& numbers, StepState const& state) : numbers_(numbers) {
    f32 const step = static_cast<f32>(state.step);
    scale_ = state.gradient_scale;
    learning_rate_ = state.learning_rate;
    step_size_ = learning_rate_ / -expm1f(step * numbers.log_beta1);
    inverse_correction_ = 1 / sqrtf(-expm1f(step * numbers.log_beta2));
  }

  HEDDLE_DEVICE static bool aligned(Tensor const& t) {
    return all_aligned(t.gradient, t.parameter, t.first_moment, t.second_moment, t.copy);
  }

  template <int vector>
  HEDDLE_DEVICE void apply(Elements<vector>& e, Tensor const& t, i64 first) const {
    f32 const keep = 1 - learning_rate_ * t.weight_decay;
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) {
      f32 const g = scale_ * to_f32(e.gradient.values[k]);
      f32 const m = numbers_.beta1 * e.first_moment.values[k] + (1 - numbers_.beta1) * g;
      f32 const v = numbers_.beta2 * e.second_moment.values[k] + (1 - numbers_.beta2) * g * g;
      e.first_moment.values[k] = m;
      e.second_moment.values[k] = v;
      f32 const divisor = sqrtf(v) * inverse_correction_ + numbers_.epsilon;
      e.parameter.values[k] = keep * e.parameter.values[k] - step_size_ * m / divisor;
    }
    store_streaming(t.first_moment + first, e.first_moment);
    store_streaming(t.second_moment + first, e.second_moment);
    store(t.parameter + first, e.parameter);
    if (t.copy != nullptr) store_f32(t.copy + first, e.parameter.values);
  }

 private:
  Numbers numbers_;
  f32 scale_, learning_rate_, step_size_, inverse_correction_;
};

}  // namespace heddle::HEDDLE_BACKEND
