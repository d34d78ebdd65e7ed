// The number of OpenMP threads as part of a test.
#pragma once

#include <omp.h>

#include <cstring>
#include <functional>
#include <vector>

#include "kernels/core/types.h"

namespace heddle::testing {

/// Whether `compute` gives the same bits on 1, 2 and 5 threads.
inline bool same_bits_on_any_threads(std::function<std::vector<f32>()> const& compute) {
  int const before = omp_get_max_threads();
  std::vector<std::vector<f32>> results;
  for (int const threads : {1, 2, 5}) {
    omp_set_num_threads(threads);
    results.push_back(compute());
  }
  omp_set_num_threads(before);
  for (std::vector<f32> const& result : results)
    if (result.size() != results[0].size() ||
        std::memcmp(result.data(), results[0].data(), result.size() * sizeof(f32)) != 0)
      return false;
  return true;
}

}  // namespace heddle::testing
