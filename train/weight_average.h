// The exponential moving average of a model's parameters.
#pragma once

#include "train/checkpoint.h"

namespace heddle::train {

/// After update n, n from 1: average = d * average + (1 - d) * parameter with d = min(decay, n / (n + 9)), so
/// that the first weights do not linger in short runs. Buffers (running statistics) are averages already: the model's
/// stand.
class WeightAverage {
 public:
  WeightAverage(nn::Module const& model, double decay);

  /// After update n, whose numbers are in `state` (ops::make_step_state); not after one that was skipped.
  void update(Tensor const& state) const;
  /// Swaps the elements of the average and of the model's parameters; a second call swaps them back, bit for bit.
  void exchange();

  void save(Checkpoint& checkpoint) const;
  void restore(Checkpoint const& checkpoint);

 private:
  double decay_;
  std::vector<nn::NamedTensor> parameters_;  // handles of the model's
  std::vector<nn::NamedTensor> average_;
};

}  // namespace heddle::train
