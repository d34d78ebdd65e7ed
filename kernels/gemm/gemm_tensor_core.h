// The matrix products of 16-bit types on the matrix units.
#pragma once

#include <algorithm>

#include "kernels/core/choice.h"
#include "kernels/gemm/gemm_problem.h"
#include "kernels/gemm/gemm_sm90_config.h"
#include "kernels/machine/matrix_descriptor.h"

namespace heddle {

/// Whether their kernels take the product: there is something to multiply, and a and b and their rows are aligned to 16
/// bytes, and bulk copies can name every place.
template <class T>
bool tensor_cores_take(GemmProblem<T> const& g) {
  i64 const row = 16 / sizeof(T), farthest = (i64{1} << 31) - 256;
  bool const rows_aligned = g.lda % row == 0 && g.ldb % row == 0 && g.stride_a % row == 0 && g.stride_b % row == 0;
  return g.output.alpha != 0 && rows_aligned && aligned(g.a, g.b) && std::max({g.m, g.n, g.k, g.batch}) <= farthest;
}

/// An operand whose lines go across k: [products, k, size].
template <class T>
struct GemmAcross {
  T const* data = nullptr;
  i64 products = 0, stride_product = 0, size = 0, k = 0, leading = 0;
};

/// Calls body.operator()<major_a, major_b>(): how the operands are stored.
template <class Product, class Body>
void with_majors(Product const& g, Body const& body) {
  if (g.transpose_a)
    g.transpose_b ? body.template operator()<Major::mn, Major::k>() : body.template operator()<Major::mn, Major::mn>();
  else
    g.transpose_b ? body.template operator()<Major::k, Major::k>() : body.template operator()<Major::k, Major::mn>();
}

// They return the rows of d whose sums of columns come together.
namespace cuda {
/// Copies an operand to [products, size, leading_along_k<T>(k)].
template <class T>
void lay_along_k(GemmAcross<T> const& operand, T* to, Stream stream);
/// Of operands that lie along k.
template <class T>
int gemm_narrow_sm90(GemmProblem<T> const& problem, Stream stream);
template <class T>
int gemm_sm80(GemmProblem<T> const& problem, Stream stream);
/// On `blocks` blocks, which run at the same time. Throws an Error unless `config` is one of gemm_sm90_configs and they
/// fill a cluster.
template <class T>
int gemm_sm90(GemmProblem<T> const& problem, GemmSm90Config const& config, int blocks, Stream stream);
}  // namespace cuda

namespace emulated {
/// Copies an operand to [products, size, leading_along_k<T>(k)].
template <class T>
void lay_along_k(GemmAcross<T> const& operand, T* to, Stream stream);
/// Of operands that lie along k.
template <class T>
int gemm_narrow_sm90(GemmProblem<T> const& problem, Stream stream);
template <class T>
int gemm_sm80(GemmProblem<T> const& problem, Stream stream);
template <class T>
int gemm_sm90(GemmProblem<T> const& problem, GemmSm90Config const& config, int blocks, Stream stream);
}  // namespace emulated

}  // namespace heddle
