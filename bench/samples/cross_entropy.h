// Cross-entropy on random data, for benchmarks, the inspector and tests.
#pragma once

#include "bench/samples/sample.h"
#include "kernels/loss/cross_entropy.h"

namespace heddle::bench {

/// With hard labels; loss and gradient.
struct CrossEntropySample {
  static constexpr char const* sizes = "ROWSxCLASSES";
  static constexpr char const* source = "kernels/loss/cross_entropy.cu";
  static inline std::vector<i64> const example = {64, 4096};

  template <class T>
  using Args = CrossEntropyArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = cross_entropy<T>;

  /// Labels and gradient are there, though not yet where they will be: an optional tensor counts when it is.
  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    static i32 label;
    static T gradient;
    return {.rows = size[0], .classes = size[1], .labels = &label, .dlogits = &gradient};
  }
  /// Labels below 10.
  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    if (name == "targets" || name == "weights" || name == "share") return {};
    std::vector<f32> values = uniform<f32>(count, seed, -4, 4);
    if (name == "labels")
      for (f32& value : values) value = std::floor(value + 4);
    return values;
  }
  /// A gradient is at most 1 in magnitude, its errors are those of a sum and of some exponentials relative to it.
  static double bound(std::string_view name, Args<f32> const& a) {
    double const share = sum_bound(a.classes, 1 / static_cast<double>(a.classes)) + 64 * 0x1p-24;
    return name == "loss" ? share + 32 * 0x1p-24 : share;
  }
};

}  // namespace heddle::bench
