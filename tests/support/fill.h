// Reproducible test data.
#pragma once

#include <vector>

#include "kernels/core/philox.h"

namespace heddle::testing {

/// Uniform values in [low, high), rounded to T; the same for one (count, seed) everywhere.
template <class T = f32>
std::vector<T> uniform(i64 count, u64 seed, f32 low = -1, f32 high = 1) {
  std::vector<T> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = T(low + (high - low) * uniform01(philox(seed, 0, i)[0]));
  return values;
}

/// Integers in [low, high]: sums of their products are exact in f32 as long as they stay below 2^24.
template <class T = f32>
std::vector<T> small_integers(i64 count, u64 seed, int low = -3, int high = 3) {
  std::vector<T> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = T(static_cast<f32>(
        low + static_cast<int>(uniform_below(philox(seed, 1, i)[0], static_cast<u32>(high - low + 1)))));
  return values;
}

}  // namespace heddle::testing
