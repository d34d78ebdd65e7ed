#include "kernels/gemm/gemm.h"

#include <cblas.h>

#include <algorithm>
#include <limits>
#include <tuple>

#include "kernels/core/error.h"

namespace heddle::cpu {
namespace {

struct BlockSize {
  i64 rows = 0, columns = 0;
};

/// Small products in blocks that keep a few cores busy, large ones in blocks that are worth packing for. It depends on
/// the shape alone, so that results do not depend on the number of threads.
BlockSize block_size(i64 m, i64 n) { return m * n < 512 * 512 ? BlockSize{64, 128} : BlockSize{256, 512}; }

/// A stored matrix of rows x columns that is only looked at when the product needs it.
void check_matrix(char const* name, f32 const* data, i64 rows, i64 columns, i64 leading) {
  check(leading >= columns, "[gemm] ld", name, " must be at least the length of a row of ", name, ": ld", name, "=",
        leading, ", row=", columns);
  check(leading <= std::numeric_limits<blasint>::max(), "[gemm] ld", name, " is beyond what this BLAS can index: ld",
        name, "=", leading);
  check(data || rows == 0 || columns == 0, "[gemm] ", name, " is null, but has ", rows, " x ", columns, " elements");
}

void check_arguments(GemmArgs<f32> const& args) {
  auto const [m, n, k] = std::tie(args.m, args.n, args.k);
  check(m >= 0 && n >= 0 && k >= 0, "[gemm] sizes must not be negative: m=", m, ", n=", n, ", k=", k);
  check(std::max({m, n, k}) <= std::numeric_limits<blasint>::max(),
        "[gemm] sizes are beyond what this BLAS can index: m=", m, ", n=", n, ", k=", k);
  check_matrix("a", args.a, args.transpose_a ? k : m, args.transpose_a ? m : k, args.lda);
  check_matrix("b", args.b, args.transpose_b ? n : k, args.transpose_b ? k : n, args.ldb);
  check_matrix("c", args.c, m, n, args.ldc);
}

/// c = beta * c, where beta = 0 clears whatever c held.
void scale(GemmArgs<f32> const& args) {
  for (i64 row = 0; row < args.m; ++row)
    for (i64 column = 0; column < args.n; ++column) {
      f32& element = args.c[row * args.ldc + column];
      element = args.beta == 0 ? 0 : args.beta * element;
    }
}

/// The block of c that starts at (row, column).
void multiply_block(GemmArgs<f32> const& args, BlockSize block, i64 row, i64 column) {
  auto const side = [](i64 value) { return static_cast<blasint>(value); };
  auto const transpose = [](bool value) { return value ? CblasTrans : CblasNoTrans; };
  cblas_sgemm(CblasRowMajor, transpose(args.transpose_a), transpose(args.transpose_b),
              side(std::min(block.rows, args.m - row)), side(std::min(block.columns, args.n - column)), side(args.k),
              args.alpha, args.a + row * (args.transpose_a ? 1 : args.lda), side(args.lda),
              args.b + column * (args.transpose_b ? args.ldb : 1), side(args.ldb), args.beta,
              args.c + row * args.ldc + column, side(args.ldc));
}

}  // namespace

void gemm(GemmArgs<f32> const& args, Stream) {
  check_arguments(args);
  if (args.m == 0 || args.n == 0) return;
  if (args.k == 0) return scale(args);

  // OpenBLAS would cut c by the number of threads, and its edge kernels round differently. Inside a parallel region its
  // OpenMP variant computes each block on the thread that calls it.
  BlockSize const block = block_size(args.m, args.n);
#pragma omp parallel for collapse(2) schedule(dynamic)
  for (i64 row = 0; row < args.m; row += block.rows)
    for (i64 column = 0; column < args.n; column += block.columns) multiply_block(args, block, row, column);
}

}  // namespace heddle::cpu
