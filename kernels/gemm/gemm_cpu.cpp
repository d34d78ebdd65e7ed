// The reference: OpenBLAS in f32. Other types are widened before and rounded after.
#include <cblas.h>

#include <algorithm>
#include <concepts>
#include <limits>
#include <vector>

#include "kernels/gemm/gemm_check.h"

namespace heddle::cpu {
namespace {

struct BlockSize {
  i64 rows = 0, columns = 0;
};

/// Small products in blocks that keep a few cores busy, large ones in blocks that are worth packing for. It depends on
/// the shape alone, so that results do not depend on the number of threads.
BlockSize block_size(i64 m, i64 n) { return m * n < 512 * 512 ? BlockSize{64, 128} : BlockSize{256, 512}; }

void check_blas_limits(GemmArgs<f32> const& args) {
  i64 const most = std::numeric_limits<blasint>::max();
  check(std::max({args.m, args.n, args.k}) <= most, "[gemm] sizes are beyond what this BLAS can index: m=", args.m,
        ", n=", args.n, ", k=", args.k);
  check(std::max({args.lda, args.ldb, args.ldd}) <= most,
        "[gemm] leading dimensions are beyond what this BLAS can index: lda=", args.lda, ", ldb=", args.ldb,
        ", ldd=", args.ldd);
}

/// The block of d that starts at (row, column), where d holds c.
void multiply_block(GemmArgs<f32> const& args, BlockSize block, i64 row, i64 column) {
  auto const side = [](i64 value) { return static_cast<blasint>(value); };
  auto const transpose = [](bool value) { return value ? CblasTrans : CblasNoTrans; };
  cblas_sgemm(CblasRowMajor, transpose(args.transpose_a), transpose(args.transpose_b),
              side(std::min(block.rows, args.m - row)), side(std::min(block.columns, args.n - column)), side(args.k),
              args.alpha, args.a + row * (args.transpose_a ? 1 : args.lda), side(args.lda),
              args.b + column * (args.transpose_b ? args.ldb : 1), side(args.ldb), args.beta,
              args.d + row * args.ldd + column, side(args.ldd));
}

/// d = beta * c.
void scale(GemmArgs<f32> const& args) {
  for (i64 row = 0; row < args.m; ++row)
    for (i64 column = 0; column < args.n; ++column)
      args.d[row * args.ldd + column] = args.beta == 0 ? 0 : args.beta * args.c[row * args.ldc + column];
}

void copy_c(GemmArgs<f32> const& args) {
  if (args.beta == 0 || args.c == args.d) return;
  for (i64 row = 0; row < args.m; ++row) std::copy_n(args.c + row * args.ldc, args.n, args.d + row * args.ldd);
}

void multiply(GemmArgs<f32> const& args) {
  check_blas_limits(args);
  if (args.m == 0 || args.n == 0) return;
  if (args.k == 0 || args.alpha == 0) return scale(args);
  copy_c(args);

  // OpenBLAS would cut d by the number of threads, and its edge kernels round differently. Inside a parallel region its
  // OpenMP variant computes each block on the thread that calls it.
  BlockSize const block = block_size(args.m, args.n);
#pragma omp parallel for collapse(2) schedule(dynamic)
  for (i64 row = 0; row < args.m; row += block.rows)
    for (i64 column = 0; column < args.n; column += block.columns) multiply_block(args, block, row, column);
}

template <class T>
std::vector<f32> widened(T const* values, i64 count) {
  std::vector<f32> result(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<f32>(values[i]);
  return result;
}

}  // namespace

template <class T>
void gemm(GemmArgs<T> const& args, Stream) {
  check_arguments(args);
  if constexpr (std::same_as<T, f32>) {
    multiply(args);
  } else {
    std::vector<f32> const a = widened(args.a, args.extent_of_a()), b = widened(args.b, args.extent_of_b());
    std::vector<f32> const c = widened(args.c, args.beta == 0 ? 0 : matrix_extent(args.m, args.n, args.ldc));
    std::vector<f32> d(static_cast<std::size_t>(args.m * args.n));
    multiply({.m = args.m,
              .n = args.n,
              .k = args.k,
              .transpose_a = args.transpose_a,
              .transpose_b = args.transpose_b,
              .alpha = args.alpha,
              .beta = args.beta,
              .a = a.data(),
              .lda = args.lda,
              .b = b.data(),
              .ldb = args.ldb,
              .c = c.data(),
              .ldc = args.ldc,
              .d = d.data(),
              .ldd = args.n});
    for (i64 row = 0; row < args.m; ++row)
      for (i64 column = 0; column < args.n; ++column)
        args.d[row * args.ldd + column] = T(d[static_cast<std::size_t>(row * args.n + column)]);
  }
}

HEDDLE_INSTANTIATE(gemm, GemmArgs);

}  // namespace heddle::cpu
