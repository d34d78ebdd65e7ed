// The reference: OpenBLAS in f32. Other types are widened before and rounded after.
#include <cblas.h>

#include <algorithm>
#include <array>
#include <concepts>
#include <limits>
#include <vector>

#include "kernels/core/epilogue_cpu.h"
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

/// Of `size` lines of `depth` elements along k: factors of neighbours of 128 of each line, or of all.
struct Factors {
  f32 const* factors;
  i64 depth, lines_of_block;  // 0: one factor for all

  f32 at(i64 line, i64 k) const {
    if (factors == nullptr) return 1;
    return lines_of_block == 0 ? *factors : factors[line / lines_of_block * ceil_div<i64>(depth, 128) + k / 128];
  }
};

/// An operand as f32: `lines` along m or n, whose elements along k lie together unless it lies across.
template <class T>
std::vector<f32> widened(T const* values, i64 lines, i64 depth, i64 leading, bool across, Factors const& factors) {
  std::vector<f32> result(
      static_cast<std::size_t>(across ? matrix_extent(depth, lines, leading) : matrix_extent(lines, depth, leading)));
  for (i64 line = 0; line < lines; ++line)
    for (i64 k = 0; k < depth; ++k) {
      auto const element = static_cast<std::size_t>(across ? k * leading + line : line * leading + k);
      result[element] = static_cast<f32>(values[element]) * factors.at(line, k);
    }
  return result;
}

/// alpha * op(a) * op(b) + beta * c as f32, in rows of n.
template <class T, class D>
std::vector<f32> sums(GemmArgs<T, D> const& args) {
  auto const [m, n, k] = std::array{args.m, args.n, args.k};
  bool const blocks = args.scales.of_blocks, multiplied = args.alpha != 0;
  auto const a = widened(args.a, multiplied ? m : 0, k, args.lda, args.transpose_a, {args.scales.a, k, blocks ? 1 : 0});
  auto const b =
      widened(args.b, multiplied ? n : 0, k, args.ldb, !args.transpose_b, {args.scales.b, k, blocks ? 128 : 0});
  auto const c = widened(args.c, args.beta == 0 ? 0 : m, n, args.ldc, false, {});
  std::vector<f32> result(static_cast<std::size_t>(m * n));
  multiply({.m = m,
            .n = n,
            .k = k,
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
            .d = result.data(),
            .ldd = n});
  return result;
}

void exact_sums(GemmArgs<i8, i32> const& args) {
  for (i64 row = 0; row < args.m; ++row)
    for (i64 column = 0; column < args.n; ++column) {
      i32 sum = 0;
      for (i64 k = 0; k < args.k; ++k)
        sum += args.a[args.transpose_a ? k * args.lda + row : row * args.lda + k] *
               args.b[args.transpose_b ? column * args.ldb + k : k * args.ldb + column];
      args.d[row * args.ldd + column] = sum;
    }
}

/// The same for i8, whose sums are exact.
template <class D>
std::vector<f32> sums(GemmArgs<i8, D> const& args) {
  std::vector<i32> exact(static_cast<std::size_t>(args.m * args.n));
  if (args.alpha != 0)
    exact_sums({.m = args.m,
                .n = args.n,
                .k = args.k,
                .transpose_a = args.transpose_a,
                .transpose_b = args.transpose_b,
                .a = args.a,
                .lda = args.lda,
                .b = args.b,
                .ldb = args.ldb,
                .d = exact.data(),
                .ldd = args.n});
  auto const factor = [&](f32 const* scale) { return scale == nullptr || args.alpha == 0 ? 1 : *scale; };
  f32 const alpha = args.alpha * factor(args.scales.a) * factor(args.scales.b);
  auto const c = widened(args.c, args.beta == 0 ? 0 : args.m, args.n, args.ldc, false, {});
  std::vector<f32> result(exact.size());
  for (i64 row = 0; row < args.m; ++row)
    for (i64 column = 0; column < args.n; ++column) {
      auto const element = static_cast<std::size_t>(row * args.n + column);
      f32 const added = args.beta == 0 ? 0 : args.beta * c[static_cast<std::size_t>(row * args.ldc + column)];
      result[element] = alpha * static_cast<f32>(exact[element]) + added;
    }
  return result;
}

template <class T, class D>
void multiply_one(GemmArgs<T, D> const& args) {
  if constexpr (std::same_as<D, i32>) {
    exact_sums(args);
  } else {
    if constexpr (std::same_as<T, f32> && std::same_as<D, f32>)
      if (args.epilogue.empty() && args.scales.a == nullptr && args.scales.b == nullptr) return multiply(args);
    std::vector<f32> const x = sums(args);
    EpilogueSteps<D> steps(args.epilogue, args.n, args.ldd);
    for (i64 row = 0; row < args.m; ++row)
      for (i64 column = 0; column < args.n; ++column)
        args.d[row * args.ldd + column] = steps.finish(row, column, x[static_cast<std::size_t>(row * args.n + column)]);
    steps.finish_reductions();
  }
}

}  // namespace

template <class T, class D>
void gemm(GemmArgs<T, D> const& args, Stream) {
  check_arguments(args);
  GemmArgs<T, D> one = args;
  for (i64 product = 0; product < args.batch; ++product) {
    multiply_one(one);
    one.a += args.strides.a;
    one.b += args.strides.b;
    one.c += args.strides.c;
    one.d += args.strides.d;
  }
}

HEDDLE_INSTANTIATE_GEMM(gemm);

}  // namespace heddle::cpu
