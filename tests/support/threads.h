// The number of OpenMP threads as part of a test.
#pragma once

#include <omp.h>

#include <algorithm>
#include <functional>
#include <span>
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
  auto const bytes = [](std::vector<f32> const& values) { return std::as_bytes(std::span(values)); };
  return std::ranges::all_of(results, [&](auto const& r) { return std::ranges::equal(bytes(r), bytes(results[0])); });
}

}  // namespace heddle::testing
