// Mean and deviation of a set's pixels, for normalisation.
#pragma once

#include <vector>

#include "ops/tensor.h"

namespace heddle::train {

struct ChannelStatistics {
  std::vector<f32> mean, deviation;  // [c], of values in [0, 1]
};

/// images [count, h, w, c] u8, count > 0. The deviation is that of the population; for a channel of one value only it
/// is given as 1, so that it can be divided by.
ChannelStatistics channel_statistics(Tensor const& images);

}  // namespace heddle::train
