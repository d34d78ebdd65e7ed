// Random inputs, and the comparison of outputs with a reference.
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "kernels/core/error.h"
#include "kernels/core/math.h"
#include "kernels/core/philox.h"

namespace heddle::bench {

/// Uniform values in [low, high), rounded to T.
template <class T>
std::vector<T> uniform(i64 count, u64 seed, f32 low = -1, f32 high = 1) {
  std::vector<T> values(static_cast<std::size_t>(count));
#pragma omp parallel for
  for (i64 quad = 0; quad < ceil_div(count, i64{4}); ++quad) {
    auto const words = philox(seed, 0, static_cast<u64>(quad));
    for (i64 i = 4 * quad; i < std::min(count, 4 * quad + 4); ++i)
      values[static_cast<std::size_t>(i)] = T(low + (high - low) * uniform01(words[static_cast<std::size_t>(i % 4)]));
  }
  return values;
}

template <class T>
std::vector<f32> as_f32(std::vector<T> const& values) {
  return {values.begin(), values.end()};
}

/// A bound on the error of a sum of k terms of about `magnitude` in f32 that holds with a probability beyond doubt:
/// lambda sqrt(k) u sum |term| with lambda = 4 (Higham, Mary 2019, "A new approach to probabilistic rounding error
/// analysis").
inline double sum_bound(i64 k, double magnitude) {
  double const terms = static_cast<double>(k);
  return 4 * std::sqrt(terms) * unit_roundoff<f32> * terms * magnitude;
}

/// Throws an Error that names value and reference unless |value - reference| <= relative |reference| + absolute. NaN
/// never passes.
inline void require_close(std::string_view name, std::size_t index, double value, double reference, double relative,
                          double absolute) {
  check(std::abs(value - reference) <= relative * std::abs(reference) + absolute, "wrong output: ", name, "[", index,
        "] is ", value, ", the reference ", reference, ", bound ", absolute);
}

/// The same for all elements.
inline void require_close(std::string_view name, std::vector<f32> const& actual, std::vector<f32> const& reference,
                          double relative, double absolute) {
  for (std::size_t i = 0; i < reference.size(); ++i)
    require_close(name, i, actual[i], reference[i], relative, absolute);
}

/// Throws an Error unless each |actual - reference| <= u |reference| + absolute, where u is half a unit in the last
/// place of T.
template <class T>
void require_close(std::string_view name, std::vector<T> const& actual, std::vector<f32> const& reference,
                   double absolute) {
  require_close(name, as_f32(actual), reference, unit_roundoff<T>, absolute);
}

/// Likewise for 64 elements drawn at random, each with the reference that `reference_at(index)` gives.
template <class ReferenceAt>
void require_close_at_samples(std::string_view name, std::vector<f32> const& actual, double relative, double absolute,
                              ReferenceAt const& reference_at) {
  for (u64 sample = 0; sample < 64; ++sample) {
    u32 const index = uniform_below(philox(0, 0, sample)[0], static_cast<u32>(actual.size()));
    require_close(name, index, actual[index], reference_at(index), relative, absolute);
  }
}

}  // namespace heddle::bench
