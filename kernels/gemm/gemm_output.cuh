// Where a matrix product goes: d = alpha * sum + beta * c.
#pragma once

#include <concepts>

#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class D>
struct GemmOutput {
  i64 m, n;
  f32 alpha, beta;
  D const* c;  // [m, n]; not read where beta is 0
  i64 ldc;
  D* d;  // [m, n]
  i64 ldd;

  /// What becomes of a sum; `c` is not looked at where beta is 0.
  HEDDLE_DEVICE f32 scaled(f32 sum, D c_element) const {
    f32 const product = alpha * sum;
    return beta == 0 ? product : __fmaf_rn(beta, to_f32(c_element), product);
  }

  /// Writes one element, where it is there.
  HEDDLE_DEVICE void write(i64 row, i64 column, f32 sum) const {
    if (row >= m || column >= n) return;
    if constexpr (!std::same_as<D, i32>)
      d[row * ldd + column] = from_f32<D>(scaled(sum, beta == 0 ? D{} : c[row * ldc + column]));
  }

  /// A sum of integers, which an i32 result is as it is.
  HEDDLE_DEVICE void write(i64 row, i64 column, i32 sum) const {
    if constexpr (std::same_as<D, i32>) {
      if (row < m && column < n) d[row * ldd + column] = sum;
    } else {
      write(row, column, static_cast<f32>(sum));
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
