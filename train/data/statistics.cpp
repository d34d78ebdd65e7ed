#include "train/data/statistics.h"

#include <array>
#include <cmath>

#include "kernels/core/error.h"

namespace heddle::train {

ChannelStatistics channel_statistics(Tensor const& images) {
  check(images.shape().rank() == 4 && images.count() > 0, "[data] statistics need images [count, h, w, c], got ",
        images.shape());
  i64 const channels = images.size(3), pixels = images.count() / channels;
  u8 const* const values = images.data<u8>();

  // Counts of the 256 values are exact, so the result depends on no order of summation.
  std::vector<std::array<i64, 256>> histograms(static_cast<std::size_t>(channels));
  for (i64 pixel = 0; pixel < pixels; ++pixel)
    for (i64 c = 0; c < channels; ++c) ++histograms[static_cast<std::size_t>(c)][values[pixel * channels + c]];

  ChannelStatistics result;
  for (auto const& histogram : histograms) {
    double sum = 0, squares = 0;
    for (std::size_t value = 0; value < 256; ++value)
      sum += static_cast<double>(histogram[value]) * static_cast<double>(value);
    double const mean = sum / static_cast<double>(pixels);
    for (std::size_t value = 0; value < 256; ++value) {
      double const distance = static_cast<double>(value) - mean;
      squares += static_cast<double>(histogram[value]) * distance * distance;
    }
    double const deviation = std::sqrt(squares / static_cast<double>(pixels));
    result.mean.push_back(static_cast<f32>(mean / 255));
    result.deviation.push_back(deviation > 0 ? static_cast<f32>(deviation / 255) : 1.0f);
  }
  return result;
}

}  // namespace heddle::train
