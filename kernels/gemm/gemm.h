// General matrix product, row-major.
#pragma once

#include "kernels/core/cost.h"
#include "kernels/core/stream.h"
#include "kernels/core/types.h"

namespace heddle {

/// c = alpha * op(a) * op(b) + beta * c, where op transposes on request. With beta = 0, c is only written.
/// Leading dimensions count elements from one stored row to the next.
template <class T>
struct GemmArgs {
  i64 m = 0, n = 0, k = 0;
  bool transpose_a = false, transpose_b = false;
  f32 alpha = 1;
  T const* a = nullptr;  // [m, k], or [k, m] when transposed
  i64 lda = 0;
  T const* b = nullptr;  // [k, n], or [n, k] when transposed
  i64 ldb = 0;
  f32 beta = 0;
  T* c = nullptr;  // [m, n]
  i64 ldc = 0;
};

template <class T>
using GemmFn = void(GemmArgs<T> const&, Stream);

namespace cpu {
/// Throws an Error on negative sizes, a leading dimension below its row, or null with a non-empty shape.
extern GemmFn<f32> gemm;
}  // namespace cpu

}  // namespace heddle
