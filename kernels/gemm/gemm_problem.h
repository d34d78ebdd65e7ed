// A matrix product as the launchers take it: whatever becomes of its sums.
#pragma once

#include "kernels/core/error.h"
#include "kernels/gemm/gemm.h"
#include "kernels/tile/epilogue.h"

namespace heddle {

/// What products of elements T are summed in: exactly, of i8.
template <class T>
using GemmSum = std::conditional_t<std::same_as<T, i8>, i32, f32>;

/// Factors of the blocks of an operand, each of 128 neighbours along k of 2^shift lines; null where there are none.
struct GemmFactors {
  f32 const* data = nullptr;  // [ceil(lines / 2^shift), blocks]
  i64 blocks = 0;             // along k
  int shift = 0;

  constexpr f32 const* at(i64 line, i64 block) const { return data + (line >> shift) * blocks + block; }
};

/// Of operands of T, as in GemmArgs. Where there is nothing to multiply, alpha of the output is 0.
template <class T>
struct GemmProblem {
  i64 m = 0, n = 0, k = 0;
  bool transpose_a = false, transpose_b = false;
  T const* a = nullptr;
  i64 lda = 0, stride_a = 0;
  T const* b = nullptr;
  i64 ldb = 0, stride_b = 0;
  i64 batch = 1;
  GemmChoice choice = {};
  GemmFactors factors_a = {}, factors_b = {};
  bool tf32 = false;
  T* a_along_k = nullptr;  // where operands that lie across k may be laid along it
  T* b_along_k = nullptr;
  EpilogueOutput output = {};
};

/// Sums of columns go to the workspace first.
template <class T, class D>
GemmProblem<T> problem_of(GemmArgs<T, D> const& args) {
  bool const c_vectorised =
      args.beta == 0 || (vectors_aligned(args.c, args.ldc) && args.strides.c % epilogue_vector == 0);
  GemmProblem<T> result = {
      .m = args.m,
      .n = args.n,
      .k = args.k,
      .transpose_a = args.transpose_a,
      .transpose_b = args.transpose_b,
      .a = args.a,
      .lda = args.lda,
      .stride_a = args.strides.a,
      .b = args.b,
      .ldb = args.ldb,
      .stride_b = args.strides.b,
      .batch = args.batch,
      .choice = args.choice,
      .tf32 = args.tf32,
      .output = {
          .type = dtype_of<D>,
          .vectorised = c_vectorised && vectors_aligned(args.d, args.ldd) && args.strides.d % epilogue_vector == 0,
          .m = args.m,
          .n = args.n,
          .alpha = args.k == 0 ? 0 : args.alpha,
          .beta = args.beta,
          .factors = {args.scales.of_blocks ? nullptr : args.scales.a, args.scales.of_blocks ? nullptr : args.scales.b},
          .c = args.c,
          .ldc = args.ldc,
          .stride_c = args.strides.c,
          .d = args.d,
          .ldd = args.ldd,
          .stride_d = args.strides.d}};
  if (args.scales.of_blocks) {
    i64 const blocks = ceil_div<i64>(args.k, 128);
    result.factors_a = {args.scales.a, blocks, 0};
    result.factors_b = {args.scales.b, blocks, 7};
  }
  GemmWorkspace const offsets = gemm_workspace(args);
  result.a_along_k = reinterpret_cast<T*>(static_cast<u8*>(args.workspace.data) + offsets.a);
  result.b_along_k = reinterpret_cast<T*>(static_cast<u8*>(args.workspace.data) + offsets.b);
  set_epilogue(result.output, args.epilogue);
  f32* const partial = static_cast<f32*>(args.workspace.data);
  if (args.epilogue.column_sums != nullptr) result.output.column_sums = partial;
  if (args.epilogue.column_products != nullptr)
    result.output.column_products = partial + ceil_div<i64>(args.m, 64) * args.n;
  return result;
}

/// Blocks, one for each tile of rows x columns of d of each product. Throws an Error where they are more than a launch
/// takes.
template <class T>
unsigned count_tiles(GemmProblem<T> const& g, int rows, int columns) {
  i64 const most = 0x7fffffff, across = ceil_div<i64>(g.n, columns), down = ceil_div<i64>(g.m, rows);
  check(down <= most / across && g.batch <= most / (down * across),
        "[gemm] d has more tiles than a launch takes: m=", g.m, ", n=", g.n, ", batch=", g.batch);
  return static_cast<unsigned>(g.batch * down * across);
}

}  // namespace heddle
