// The matrix product of 16-bit types on sm_90a.
#pragma once

#include <algorithm>

#include "kernels/core/choice.h"
#include "kernels/gemm/gemm.h"

namespace heddle {

/// Whether its kernel takes the product: there is something to multiply, a and b and their rows are aligned to 16
/// bytes, and bulk copies can name every place.
template <class T>
bool gemm_sm90_takes(GemmArgs<T> const& args) {
  i64 const row = 16 / sizeof(T), farthest = (i64{1} << 31) - 256;
  return args.alpha != 0 && args.k > 0 && args.lda % row == 0 && args.ldb % row == 0 && aligned(args.a, args.b) &&
         std::max({args.m, args.n, args.k}) <= farthest;
}

namespace cuda {
template <class T>
void gemm_sm90(GemmArgs<T> const& args, Stream stream);
}  // namespace cuda
namespace emulated {
template <class T>
void gemm_sm90(GemmArgs<T> const& args, Stream stream);
}  // namespace emulated

}  // namespace heddle
