#include "ops/generator.h"

#include <cmath>
#include <numbers>

#include "kernels/core/philox.h"

namespace heddle {

Generator Generator::split() {
  auto const words = philox(seed, next_stream++, 0);
  return {.seed = u64{words[1]} << 32 | words[0]};
}

Tensor Generator::uniform(Shape const& shape, f32 low, f32 high) {
  u64 const stream = next_stream++;
  std::vector<f32> values(static_cast<std::size_t>(shape.count()));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = low + (high - low) * uniform01(philox(seed, stream, i / 4)[i % 4]);
  return Tensor::from(values, shape);
}

Tensor Generator::normal(Shape const& shape, f32 mean, f32 deviation) {
  u64 const stream = next_stream++;
  std::vector<f32> values(static_cast<std::size_t>(shape.count()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto const words = philox(seed, stream, i);
    double const radius = std::sqrt(-2 * std::log(1.0 - uniform01(words[0])));  // 1 - u is never 0
    values[i] = mean + deviation * static_cast<f32>(radius * std::cos(2 * std::numbers::pi * uniform01(words[1])));
  }
  return Tensor::from(values, shape);
}

}  // namespace heddle
