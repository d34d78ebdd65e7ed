// Group normalisation on random data, for benchmarks, the inspector and tests.
#pragma once

#include "bench/harness/data.h"
#include "bench/samples/sample.h"
#include "kernels/norm/group_norm.h"

namespace heddle::bench {

struct GroupNormSample {
  static constexpr char const* sizes = "IMAGESxROWSxCHANNELSxGROUPS";
  static constexpr char const* source = "kernels/norm/group_norm.cu";
  static inline std::vector<i64> const example = {4, 256, 128, 32};

  static GroupNormShape shape(std::vector<i64> const& size) {
    return {.images = size[0], .rows = size[1], .channels = size[2], .groups = size[3]};
  }

  /// rstd is about 2 for values in [-1, 1), as x has; statistics are those of some other groups.
  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    if (name == "gamma") return uniform<f32>(count, seed, 0.5f, 1.5f);
    if (name == "rstd") return uniform<f32>(count, seed, 1.5f, 2.0f);
    if (name == "mean") return uniform<f32>(count, seed, -0.1f, 0.1f);
    return uniform<f32>(count, seed);
  }

  /// The terms of y and dx are below 4 in magnitude; two sums over a group go into each.
  static double bound(std::string_view name, auto const& a) {
    auto const& [images, rows, channels, groups] = a.shape;
    if (name == "dgamma" || name == "dbeta") return sum_bound(images * rows, 3) + 1e-6;
    i64 const count = rows * channels / groups;
    return 2 * sum_bound(count, 4.0 / static_cast<double>(count)) + 1e-6;
  }
};

struct GroupNormForwardSample : GroupNormSample {
  template <class T>
  using Args = GroupNormForwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = group_norm_forward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = shape(size)};
  }
};

struct GroupNormBackwardSample : GroupNormSample {
  template <class T>
  using Args = GroupNormBackwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = group_norm_backward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = shape(size)};
  }
};

}  // namespace heddle::bench
