#include "train/best_weights.h"

#include <utility>

#include "kernels/core/error.h"

namespace heddle::train {

void BestWeights::consider(i64 epoch, Evaluation const& evaluation) {
  bool const better = std::pair(evaluation.accuracy, -evaluation.loss) > std::pair(accuracy_, -loss_);
  if (epoch_ > 0 && !better) return;
  epoch_ = epoch;
  accuracy_ = evaluation.accuracy;
  loss_ = evaluation.loss;
  copy_state();
}

void BestWeights::copy_state() {
  state_.clear();
  for (auto const& [name, tensor] : model_->state()) state_.push_back({name, tensor.clone()});
}

void BestWeights::load() const {
  check(epoch_ > 0, "[best_weights] no epoch was validated yet");
  auto const target = model_->state();
  for (std::size_t i = 0; i < state_.size(); ++i) Tensor(target[i].tensor).copy_from(state_[i].tensor);
  model_->update_copies();
}

void BestWeights::save(Checkpoint& checkpoint) const {
  checkpoint.put("best_epoch", epoch_);
  checkpoint.put("best_accuracy", accuracy_);
  checkpoint.put("best_loss", loss_);
  checkpoint.put("best/", state_);
}

void BestWeights::restore(Checkpoint const& checkpoint) {
  epoch_ = checkpoint.integer("best_epoch");
  accuracy_ = checkpoint.number("best_accuracy");
  loss_ = checkpoint.number("best_loss");
  if (epoch_ == 0) return;
  copy_state();
  checkpoint.get("best/", state_);
}

}  // namespace heddle::train
