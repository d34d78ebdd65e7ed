// Layer and root mean square normalisation on random data, for benchmarks, the inspector and tests.
#pragma once

#include "bench/harness/data.h"
#include "bench/samples/sample.h"
#include "kernels/norm/layer_norm.h"
#include "kernels/norm/rms_norm.h"

namespace heddle::bench {

struct RowNormSample {
  static constexpr char const* sizes = "ROWSxCOLUMNS";
  static constexpr char const* source = "kernels/norm/row_norm.cu";
  static inline std::vector<i64> const example = {64, 4096};

  /// rstd is about 2 for values in [-1, 1), as x has; statistics are those of some other rows. No residual.
  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    if (name == "residual" || name == "sum" || name == "dsum") return {};
    if (name == "gamma") return uniform<f32>(count, seed, 0.5f, 1.5f);
    if (name == "rstd") return uniform<f32>(count, seed, 1.5f, 2.0f);
    if (name == "mean") return uniform<f32>(count, seed, -0.1f, 0.1f);
    return uniform<f32>(count, seed);
  }

  /// Outputs of the size of the rows have terms below 4 in magnitude, and two sums over a row go into each.
  static double bound(std::string_view name, auto const& a) {
    if (name == "dgamma" || name == "dbeta") return sum_bound(a.shape.rows, 3) + 1e-6;
    return 2 * sum_bound(a.shape.columns, 4.0 / static_cast<double>(a.shape.columns)) + 1e-6;
  }
};

struct LayerNormForwardSample : RowNormSample {
  template <class T>
  using Args = LayerNormForwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = layer_norm_forward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = {size[0], size[1]}};
  }
};

struct LayerNormBackwardSample : RowNormSample {
  template <class T>
  using Args = LayerNormBackwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = layer_norm_backward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = {size[0], size[1]}, .workspace = {}};
  }
};

struct RmsNormForwardSample : RowNormSample {
  template <class T>
  using Args = RmsNormForwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = rms_norm_forward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = {size[0], size[1]}};
  }
};

struct RmsNormBackwardSample : RowNormSample {
  template <class T>
  using Args = RmsNormBackwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = rms_norm_backward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = {size[0], size[1]}, .workspace = {}};
  }
};

}  // namespace heddle::bench
