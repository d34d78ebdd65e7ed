// The weights of the best epoch so far, and when to stop waiting for better ones.
#pragma once

#include <memory>

#include "train/checkpoint.h"
#include "train/evaluate.h"

namespace heddle::train {

/// Better is a higher accuracy, or a lower loss at the same one.
class BestWeights {
 public:
  explicit BestWeights(std::shared_ptr<nn::Module> model) : model_(std::move(model)) {}

  /// After an epoch, counted from 1: copies the model's state when its figures are the best so far.
  void consider(i64 epoch, Evaluation const& evaluation);
  /// The epoch of the copy; 0 before there is one.
  i64 epoch() const { return epoch_; }
  /// Gives the model the copied state.
  void load() const;

  void save(Checkpoint& checkpoint) const;
  void restore(Checkpoint const& checkpoint);

 private:
  void copy_state();

  std::shared_ptr<nn::Module> model_;
  i64 epoch_ = 0;
  double accuracy_ = 0, loss_ = 0;
  std::vector<nn::NamedTensor> state_;
};

}  // namespace heddle::train
