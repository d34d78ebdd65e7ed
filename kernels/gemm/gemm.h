// General matrix product, row-major.
#pragma once

#include "kernels/core/operation.h"

namespace heddle {

/// Elements from the first of a matrix to its last, where rows begin `leading` elements after each other.
constexpr i64 matrix_extent(i64 rows, i64 columns, i64 leading) {
  return rows == 0 || columns == 0 ? 0 : (rows - 1) * leading + columns;
}

/// d = alpha * op(a) * op(b) + beta * c, where op transposes on request. Sums are f32, and d is rounded once. With
/// beta = 0, c is not read; with alpha = 0, a and b are not. c may be d, nothing else may overlap d. Leading dimensions
/// count elements from one stored row to the next.
template <class T>
struct GemmArgs {
  i64 m = 0, n = 0, k = 0;
  bool transpose_a = false, transpose_b = false;
  f32 alpha = 1, beta = 0;
  T const* a = nullptr;  // [m, k], or [k, m] when transposed
  i64 lda = 0;
  T const* b = nullptr;  // [k, n], or [n, k] when transposed
  i64 ldb = 0;
  T const* c = nullptr;  // [m, n]; null where beta is 0
  i64 ldc = 0;
  T* d = nullptr;  // [m, n]
  i64 ldd = 0;

  i64 extent_of_a() const { return transpose_a ? matrix_extent(k, m, lda) : matrix_extent(m, k, lda); }
  i64 extent_of_b() const { return transpose_b ? matrix_extent(n, k, ldb) : matrix_extent(k, n, ldb); }

  static void tensors(auto& args, auto&& tensor) {
    tensor("a", args.a, args.extent_of_a());
    tensor("b", args.b, args.extent_of_b());
    tensor("c", args.c, args.beta == 0 ? 0 : matrix_extent(args.m, args.n, args.ldc), TensorUse{.optional = true});
    tensor("d", args.d, matrix_extent(args.m, args.n, args.ldd));
  }
  double flops() const { return 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k); }
};

HEDDLE_OPERATION(gemm, GemmArgs);

}  // namespace heddle
