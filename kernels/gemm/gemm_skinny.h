// The matrix product with few rows or few columns of d.
#pragma once

#include "kernels/gemm/gemm.h"
#include "kernels/gemm/gemm_skinny_config.h"

namespace heddle {

/// The product with the operand of fewer lines, rows of op(a) or columns of op(b), as `small`, the other as large.
struct SkinnyShape {
  bool small_is_a;
  i64 small, lines;  // of the small and of the large operand
  bool along_k;      // the large operand is contiguous along k

  template <class T, class D>
  static SkinnyShape of(GemmArgs<T, D> const& args) {
    bool const small_is_a = args.m <= args.n;
    return {small_is_a, small_is_a ? args.m : args.n, small_is_a ? args.n : args.m,
            small_is_a ? args.transpose_b : !args.transpose_a};
  }
};

// They take the configuration from args.choice.
namespace cuda {
template <class T>
void gemm_skinny(GemmArgs<T> const& args, Stream stream);
}  // namespace cuda

namespace emulated {
template <class T>
void gemm_skinny(GemmArgs<T> const& args, Stream stream);
}  // namespace emulated

}  // namespace heddle
