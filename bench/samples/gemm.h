// Matrix products of random data, for benchmarks, the inspector and tests.
#pragma once

#include "bench/samples/sample.h"
#include "kernels/gemm/gemm.h"

namespace heddle::bench {

struct GemmSample {
  static constexpr char const* sizes = "MxNxK";
  static constexpr char const* source = "kernels/gemm/";
  static inline std::vector<i64> const example = {256, 256, 128};

  template <class T>
  using Args = GemmArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = gemm<T>;

  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    return {.m = size[0], .n = size[1], .k = size[2], .lda = size[2], .ldb = size[1], .ldd = size[1]};
  }
  static std::vector<f32> values(std::string_view name, i64 count, u64 seed) {
    return name == "a" || name == "b" ? uniform<f32>(count, seed) : std::vector<f32>();
  }
  static double bound(std::string_view, Args<f32> const& a) { return sum_bound(a.k, 1); }
  static double element(Args<f32> const& a, i64 index) {
    i64 const row = index / a.ldd, column = index % a.ldd;
    double sum = 0;
    for (i64 k = 0; k < a.k; ++k)
      sum += static_cast<double>(a.a[a.transpose_a ? k * a.lda + row : row * a.lda + k]) *
             a.b[a.transpose_b ? column * a.ldb + k : k * a.ldb + column];
    return sum;
  }
};

/// b is given as [n, k]: the linear layer y = x w^T.
struct LinearSample : GemmSample {
  static constexpr char const* name = "gemm_nt";
  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    Args<T> result = GemmSample::arguments<T>(size);
    result.transpose_b = true;
    result.ldb = size[2];
    return result;
  }
};

/// a is given as [k, m]: the gradient of its weight, dw = dy^T x.
struct WeightGradientSample : GemmSample {
  static constexpr char const* name = "gemm_tn";
  template <class T>
  static Args<T> arguments(std::vector<i64> const& size) {
    Args<T> result = GemmSample::arguments<T>(size);
    result.transpose_a = true;
    result.lda = size[0];
    return result;
  }
};

}  // namespace heddle::bench
