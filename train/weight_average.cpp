#include "train/weight_average.h"

#include "ops/allocator.h"
#include "ops/optimizer.h"

namespace heddle::train {

WeightAverage::WeightAverage(nn::Module const& model, double decay) : decay_(decay), parameters_(model.parameters()) {
  MemoryScope const scope(MemoryUse::weights);
  for (auto const& [name, tensor] : parameters_) average_.push_back({name, tensor.clone()});
}

void WeightAverage::update(Tensor const& state) const {
  std::vector<ops::AverageParameter> list;
  for (std::size_t i = 0; i < average_.size(); ++i) list.push_back({parameters_[i].tensor, average_[i].tensor});
  ops::weight_average(list, decay_, state);
}

void WeightAverage::exchange() {
  for (std::size_t i = 0; i < average_.size(); ++i) {
    Tensor const kept = average_[i].tensor.clone();
    average_[i].tensor.copy_from(parameters_[i].tensor);
    parameters_[i].tensor.copy_from(kept);
  }
}

void WeightAverage::save(Checkpoint& checkpoint) const { checkpoint.put("average/", average_); }
void WeightAverage::restore(Checkpoint const& checkpoint) { checkpoint.get("average/", average_); }

}  // namespace heddle::train
