#include "train/weight_average.h"

#include <algorithm>

#include "ops/elementwise.h"

namespace heddle::train {

WeightAverage::WeightAverage(nn::Module const& model, double decay) : decay_(decay), parameters_(model.parameters()) {
  for (auto const& [name, tensor] : parameters_) average_.push_back({name, tensor.clone()});
}

void WeightAverage::update() {
  ++updates_;
  double const decay = std::min(decay_, static_cast<double>(updates_) / static_cast<double>(updates_ + 9));
  for (std::size_t i = 0; i < average_.size(); ++i)
    ops::blend_(average_[i].tensor, parameters_[i].tensor, static_cast<f32>(1 - decay));
}

void WeightAverage::exchange() {
  for (std::size_t i = 0; i < average_.size(); ++i) {
    Tensor const kept = average_[i].tensor.clone();
    average_[i].tensor.copy_from(parameters_[i].tensor);
    parameters_[i].tensor.copy_from(kept);
  }
}

void WeightAverage::save(Checkpoint& checkpoint) const {
  checkpoint.put("average_updates", updates_);
  checkpoint.put("average/", average_);
}

void WeightAverage::restore(Checkpoint const& checkpoint) {
  updates_ = checkpoint.integer("average_updates");
  checkpoint.get("average/", average_);
}

}  // namespace heddle::train
