// The moving average of a list of parameters: average = (1 - w) * average + w * parameter.
//
// Threads: multi_tensor.cuh. A block takes 8192 elements, two turns of four accesses of each thread.
//
// Floor: 12 bytes an element. 100 M elements: 1.2 GB, 0.28 ms at the 4.3 TB/s that an H200 copies. Not yet measured.
#pragma once

#include "kernels/optimizer/multi_tensor.cuh"
#include "kernels/optimizer/weight_average.h"

namespace heddle::HEDDLE_BACKEND {

template <class T>
class WeightAverageUpdate {
 public:
  using Tensor = AverageTensor<T>;
  static constexpr i64 chunk = 8192;
  static constexpr int accesses = 4;

  struct Numbers {
    double decay;
  };

  template <int vector>
  struct Elements {
    Vector<T, vector> parameter, average;

    HEDDLE_DEVICE void load(Tensor const& t, i64 first) {
      parameter = load_constant<Vector<T, vector>>(t.parameter + first);
      average = load_streaming<Vector<T, vector>>(t.average + first);
    }
  };

  HEDDLE_DEVICE WeightAverageUpdate(Numbers const& numbers, StepState const& state)
      : weight_(average_weight(numbers.decay, state)) {}

  HEDDLE_DEVICE static bool aligned(Tensor const& t) { return all_aligned(t.parameter, t.average); }

  template <int vector>
  HEDDLE_DEVICE void apply(Elements<vector>& e, Tensor const& t, i64 first) const {
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k)
      e.average.values[k] = (1 - weight_) * e.average.values[k] + weight_ * e.parameter.values[k];
    store_streaming(t.average + first, e.average);
  }

 private:
  f32 weight_;
};

}  // namespace heddle::HEDDLE_BACKEND
