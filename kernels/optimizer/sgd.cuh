// Stochastic gradient descent of a list of parameters:
//   g = gradient_scale * gradient + weight_decay * parameter; velocity = momentum * velocity + g;
//   parameter -= learning_rate * (nesterov ? g + momentum * velocity : velocity).
//
// Threads: multi_tensor.cuh. A block takes 4096 elements, two turns of two accesses of each thread.
//
// Floor: gradient, parameter and velocity read, parameter and velocity written: 20 bytes an element in f32. 100 M
// elements: 2 GB, 0.47 ms at the 4.3 TB/s that an H200 copies; 9 operations an element are far below its rate. Not yet
// measured.
#pragma once

#include "kernels/optimizer/multi_tensor.cuh"
#include "kernels/optimizer/sgd.h"

namespace heddle::HEDDLE_BACKEND {

template <class T>
class SgdUpdate {
 public:
  using Tensor = SgdTensor<T>;
  static constexpr i64 chunk = 4096;
  static constexpr int accesses = 2;

  struct Numbers {
    f32 momentum;
    bool nesterov;
  };

  template <int vector>
  struct Elements {
    Vector<T, vector> gradient;
    Vector<f32, vector> parameter, velocity;

    HEDDLE_DEVICE void load(Tensor const& t, i64 first) {
      gradient = load_streaming<Vector<T, vector>>(t.gradient + first);
      parameter = heddle::HEDDLE_BACKEND::load<Vector<f32, vector>>(t.parameter + first);
      if (t.velocity != nullptr) velocity = load_streaming<Vector<f32, vector>>(t.velocity + first);
    }
  };

  HEDDLE_DEVICE SgdUpdate(Numbers const& numbers, StepState const& state)
      : momentum_(numbers.momentum),
        nesterov_(numbers.nesterov),
        learning_rate_(state.learning_rate),
        scale_(state.gradient_scale) {}

  HEDDLE_DEVICE static bool aligned(Tensor const& t) {
    return all_aligned(t.gradient, t.parameter, t.velocity, t.copy);
  }

  template <int vector>
  HEDDLE_DEVICE void apply(Elements<vector>& e, Tensor const& t, i64 first) const {
    bool const with_momentum = momentum_ != 0;
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) {
      f32 const g = scale_ * to_f32(e.gradient.values[k]) + t.weight_decay * e.parameter.values[k];
      f32 direction = g;
      if (with_momentum) {
        f32 const v = momentum_ * e.velocity.values[k] + g;
        e.velocity.values[k] = v;
        direction = nesterov_ ? g + momentum_ * v : v;
      }
      e.parameter.values[k] -= learning_rate_ * direction;
    }
    if (with_momentum) store_streaming(t.velocity + first, e.velocity);
    store(t.parameter + first, e.parameter);
    if (t.copy != nullptr) store_f32(t.copy + first, e.parameter.values);
  }

 private:
  f32 momentum_;
  bool nesterov_;
  f32 learning_rate_, scale_;
};

}  // namespace heddle::HEDDLE_BACKEND
