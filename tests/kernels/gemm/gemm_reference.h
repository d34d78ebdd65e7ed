// The cases as operation_test.h wants them, with the bounds that a kernel must keep that sums in f32.
#pragma once

#include <cmath>

#include "bench/samples/gemm.h"
#include "tests/support/cases_gemm.h"
#include "tests/support/fill.h"
#include "tests/support/operation_test.h"

namespace heddle::testing {

struct GemmPass : bench::GemmSample {
  GemmCase c;
  i64 offset = c.offset;
  GemmChoice choice = {};

  explicit GemmPass(GemmCase const& given) : c(given) {}

  template <class T>
  Args<T> arguments() const {
    return {.m = c.m,
            .n = c.n,
            .k = c.k,
            .transpose_a = c.transpose_a,
            .transpose_b = c.transpose_b,
            .alpha = c.alpha,
            .beta = c.beta,
            .lda = (c.transpose_a ? c.m : c.k) + c.extra,
            .ldb = (c.transpose_b ? c.k : c.n) + c.extra,
            .ldc = c.n + c.extra,
            .ldd = c.n + c.extra,
            .choice = choice};
  }
  std::vector<f32> values(std::string_view name, i64 count, u64 seed) const {
    bool const given = name == "a" || name == "b" || (name == "c" && c.beta != 0);
    return given ? uniform(count, seed) : std::vector<f32>();
  }

  /// Of d, and nothing between its rows: k products and their sum, in any order, on the device and in the reference.
  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    constexpr double u = 0x1p-24;
    std::vector<double> result(static_cast<std::size_t>(matrix_extent(a.m, a.n, a.ldd)));
    for (i64 row = 0; row < a.m; ++row)
      for (i64 column = 0; column < a.n; ++column) {
        double sum = 0;
        for (i64 k = 0; k < a.k; ++k)
          sum += std::abs(static_cast<double>(a.a[a.transpose_a ? k * a.lda + row : row * a.lda + k]) *
                          a.b[a.transpose_b ? column * a.ldb + k : k * a.ldb + column]);
        double const added = a.beta == 0 ? 0 : std::abs(a.beta * a.c[row * a.ldc + column]);
        i64 const element = row * a.ldd + column;
        result[static_cast<std::size_t>(element)] =
            2.2 * u * (static_cast<double>(a.k + 2) * std::abs(a.alpha) * sum + 2 * added) +
            unit_roundoff<T> * std::abs(a.d[element]) + half_subnormal<T>;
      }
    return {{"d", result}};
  }
};

}  // namespace heddle::testing
