// Kullback-Leibler divergence on random data, for benchmarks, the inspector and tests.
#pragma once

#include "bench/samples/sample.h"
#include "kernels/loss/kl_divergence.h"

namespace heddle::bench {

/// Loss and gradient.
struct KlDivergenceSample {
  static constexpr char const* sizes = "ROWSxCLASSES";
  static constexpr char const* source = "kernels/loss/kl_divergence.cu";
  static inline std::vector<i64> const example = {64, 2048};

  template <class T>
  using Args = KlDivergenceArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = kl_divergence<T>;

  /// The gradient is there, though not yet where it will be: an optional tensor counts when it is.
  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    static T gradient;
    return {.rows = size[0], .classes = size[1], .temperature = 2, .dstudent = &gradient};
  }
  static std::vector<f32> values(std::string_view, i64 count, u64 seed) { return uniform<f32>(count, seed, -4, 4); }
  /// Probabilities are relative to sums, of which each is off by a share; the logarithms are below 5.
  static double bound(std::string_view, Args<f32> const& a) {
    return 16 * (sum_bound(a.classes, 1 / static_cast<double>(a.classes)) + 64 * 0x1p-24);
  }
};

}  // namespace heddle::bench
