// Batch normalisation on random data, for benchmarks, the inspector and tests: alone, and as a residual network has it,
// followed by an addition and relu.
#pragma once

#include <cmath>

#include "bench/harness/data.h"
#include "bench/samples/sample.h"
#include "kernels/norm/batch_norm.h"

namespace heddle::bench {

template <bool fused>
struct BatchNormSample {
  static constexpr char const* sizes = "ROWSxCHANNELS";
  static constexpr char const* source = "kernels/norm/batch_norm.cu";
  static inline std::vector<i64> const example = {4096, 64};

  /// rstd is about 2 for values in [-1, 1), as x has; statistics are those of some other rows.
  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    if (name == "gamma" || name == "running_variance") return uniform<f32>(count, seed, 0.5f, 1.5f);
    if (name == "rstd") return uniform<f32>(count, seed, 1.5f, 2.0f);
    if (name == "mean") return uniform<f32>(count, seed, -0.1f, 0.1f);
    bool const of_fused = name == "residual" || name == "dresidual" || name == "positive";
    if (of_fused && !fused) return {};
    if (name != "positive") return uniform<f32>(count, seed);
    std::vector<f32> bytes = uniform<f32>(count, seed, 0, 256);
    for (f32& byte : bytes) byte = std::floor(byte);
    return bytes;
  }
  static constexpr Activation activation = fused ? Activation::relu : Activation::none;
  /// The terms of y and dx are below 4 in magnitude; two sums over the rows go into each.
  static double column_bound(BatchNormShape const& shape) {
    return 2 * sum_bound(shape.rows, 4.0 / static_cast<double>(shape.rows)) + 1e-6;
  }
};

template <bool fused>
struct BatchNormTrainingSample : BatchNormSample<fused> {
  static constexpr char const* name = fused ? "batch_norm_add_relu_training" : "batch_norm_training";
  template <class T>
  using Args = BatchNormTrainingArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = batch_norm_training<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = {size[0], size[1]}, .activation = BatchNormSample<fused>::activation};
  }
  /// Where y is about 0, its sign may be either.
  static double bound(std::string_view name, Args<f32> const& a) {
    return name == "positive" ? 255 : BatchNormSample<fused>::column_bound(a.shape);
  }
};

template <bool fused>
struct BatchNormInferenceSample : BatchNormSample<fused> {
  static constexpr char const* name = fused ? "batch_norm_add_relu_inference" : "batch_norm_inference";
  template <class T>
  using Args = BatchNormInferenceArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = batch_norm_inference<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = {size[0], size[1]}, .activation = BatchNormSample<fused>::activation};
  }
  static double bound(std::string_view, Args<f32> const&) { return 1e-6; }
};

template <bool fused>
struct BatchNormBackwardSample : BatchNormSample<fused> {
  static constexpr char const* name = fused ? "batch_norm_add_relu_backward" : "batch_norm_backward";
  template <class T>
  using Args = BatchNormBackwardArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = batch_norm_backward<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.shape = {size[0], size[1]}, .activation = BatchNormSample<fused>::activation};
  }
  /// The bits of the sign of y take the place of the residual.
  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    return name == "residual" ? std::vector<f32>() : BatchNormSample<fused>::values(name, count, seed);
  }
  static double bound(std::string_view name, Args<f32> const& a) {
    bool const of_rows = name == "dx" || name == "dresidual";
    return of_rows ? BatchNormSample<fused>::column_bound(a.shape) : sum_bound(a.shape.rows, 3) + 1e-6;
  }
};

}  // namespace heddle::bench
