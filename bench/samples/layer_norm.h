// Layer normalisation on random data, for benchmarks, the inspector and tests.
#pragma once

#include "bench/harness/data.h"
#include "bench/samples/sample.h"
#include "kernels/norm/layer_norm.h"

namespace heddle::bench {

struct LayerNormSample {
  static constexpr char const* sizes = "ROWSxCOLUMNS";
  static constexpr char const* source = "kernels/norm/layer_norm.cu";
  static inline std::vector<i64> const example = {64, 4096};

  /// rstd is about 2 for values in [-1, 1), as x has; statistics are those of some other rows.
  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    if (name == "gamma") return uniform<f32>(count, seed, 0.5f, 1.5f);
    if (name == "rstd") return uniform<f32>(count, seed, 1.5f, 2.0f);
    if (name == "mean") return uniform<f32>(count, seed, -0.1f, 0.1f);
    return uniform<f32>(count, seed);
  }
  /// The terms of y and dx are below 4 in magnitude; two sums over a row go into each.
  static double row_bound(LayerNormShape const& shape) {
    return 2 * sum_bound(shape.columns, 4.0 / static_cast<double>(shape.columns)) + 1e-6;
  }
};

struct LayerNormForwardSample : LayerNormSample {
  template <class T>
  using Args = LayerNormForwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = layer_norm_forward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = {size[0], size[1]}};
  }
  static double bound(std::string_view, Args<f32> const& a) { return row_bound(a.shape); }
};

struct LayerNormBackwardSample : LayerNormSample {
  template <class T>
  using Args = LayerNormBackwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = layer_norm_backward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = {size[0], size[1]}, .workspace = {}};
  }
  static double bound(std::string_view name, Args<f32> const& a) {
    return name == "dx" ? row_bound(a.shape) : sum_bound(a.shape.rows, 3) + 1e-6;
  }
};

}  // namespace heddle::bench
