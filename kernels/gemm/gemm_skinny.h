// The matrix product with few rows or few columns of d.
#pragma once

#include "kernels/gemm/gemm_problem.h"
#include "kernels/gemm/gemm_skinny_config.h"

namespace heddle {

/// The product with the operand of fewer lines, rows of op(a) or columns of op(b), as `small`, the other as large.
struct SkinnyShape {
  bool small_is_a;
  i64 small, lines;  // of the small and of the large operand
  bool along_k;      // the large operand is contiguous along k

  template <class T>
  static SkinnyShape of(GemmProblem<T> const& g) {
    bool const small_is_a = g.m <= g.n;
    return {small_is_a, small_is_a ? g.m : g.n, small_is_a ? g.n : g.m, small_is_a ? g.transpose_b : !g.transpose_a};
  }
};

/// Whether the kernel takes operands of T, and the epilogue: it reduces nothing.
template <class T>
bool skinny_takes(GemmProblem<T> const& g) {
  EpilogueOutput const& output = g.output;
  return sizeof(T) > 1 && g.batch == 1 && output.column_sums == nullptr && output.column_products == nullptr &&
         output.absolute_maximum == nullptr;
}

// They take the configuration from problem.choice, and return 1.
namespace cuda {
template <class T>
int gemm_skinny(GemmProblem<T> const& problem, Stream stream);
}  // namespace cuda

namespace emulated {
template <class T>
int gemm_skinny(GemmProblem<T> const& problem, Stream stream);
}  // namespace emulated

}  // namespace heddle
