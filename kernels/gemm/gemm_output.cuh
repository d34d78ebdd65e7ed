// Where a matrix product goes: d = alpha * sum + beta * c.
#pragma once

#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T>
struct GemmOutput {
  i64 m, n;
  f32 alpha, beta;
  T const* c;  // [m, n]; not read where beta is 0
  i64 ldc;
  T* d;  // [m, n]
  i64 ldd;

  /// What becomes of a sum; `c` is not looked at where beta is 0.
  HEDDLE_DEVICE f32 scaled(f32 sum, T c_element) const {
    f32 const product = alpha * sum;
    return beta == 0 ? product : __fmaf_rn(beta, to_f32(c_element), product);
  }

  /// Writes one element, where it is there.
  HEDDLE_DEVICE void write(i64 row, i64 column, f32 sum) const {
    if (row >= m || column >= n) return;
    d[row * ldd + column] = from_f32<T>(scaled(sum, beta == 0 ? T{} : c[row * ldc + column]));
  }
};

}  // namespace heddle::HEDDLE_BACKEND
