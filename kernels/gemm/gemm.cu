// Launchers of the matrix product: for CUDA, and for the emulator.
#include <concepts>

#include "kernels/core/choice.h"
#include "kernels/gemm/gemm_check.h"
#include "kernels/gemm/gemm_plain.cuh"
#include "kernels/gemm/gemm_tensor_core.h"
#include "kernels/machine/device.h"
#include "kernels/tile/launch_epilogue.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class T>
int launch_plain(GemmProblem<T> const& g, Stream stream) {
  GemmPlainConfig const config = choose_gemm_plain(g.m, g.n);
  with_config<gemm_plain_configs>(config, [&]<GemmPlainConfig chosen>() {
    launch<GemmPlain<T, chosen>>(
        dim3(count_tiles(g, chosen.tile, chosen.tile)),
        {g.k,
         {g.a, g.m, g.transpose_a ? 1 : g.lda, g.transpose_a ? g.lda : 1, g.stride_a, g.factors_a},
         {g.b, g.n, g.transpose_b ? g.ldb : 1, g.transpose_b ? 1 : g.ldb, g.stride_b, g.factors_b},
         g.output},
        stream, "gemm");
  });
  return config.tile;
}

/// The same product of operands that lie along k. Calls lay(operand, to) for each that does not.
template <class T, class Lay>
GemmProblem<T> along_k(GemmProblem<T> const& g, Lay const& lay) {
  GemmProblem<T> result = g;
  auto const replace = [&](T const*& data, i64& leading, i64& stride, i64 lines, T* to) {
    lay(GemmAcross<T>{data, stride == 0 ? 1 : g.batch, stride, lines, g.k, leading}, to);
    data = to;
    leading = leading_along_k<T>(g.k);
    stride = stride == 0 ? 0 : lines * leading;
  };
  if (g.transpose_a) replace(result.a, result.lda, result.stride_a, g.m, g.a_along_k);
  if (!g.transpose_b) replace(result.b, result.ldb, result.stride_b, g.n, g.b_along_k);
  result.transpose_a = false;
  result.transpose_b = true;
  return result;
}

/// By the matrix unit, which takes elements that are not of 16 bits along k alone; 0 where it does not.
template <class T>
int launch_along_k(GemmProblem<T> const& g, Stream stream) {
  bool const sm90 = kernel_architecture() == 90;
  if ((std::same_as<T, f32> && !g.tf32) || (is_f8<T> && !sm90)) return 0;
  if (!tensor_cores_take(along_k(g, [](auto const&, T*) {}))) return 0;
  auto const lines = along_k(g, [&](auto const& operand, T* to) { lay_along_k(operand, to, stream); });
  if constexpr (!is_f8<T>)
    if (!sm90) return gemm_sm80(lines, stream);
  return gemm_narrow_sm90(lines, stream);
}

/// By the fastest kernel that takes the product; returns the rows of d whose sums of columns come together.
template <class T>
int launch_products(GemmProblem<T> const& problem, Stream stream) {
  if constexpr (sizeof(T) == 2)
    if (tensor_cores_take(problem)) {
      if (kernel_architecture() != 90) return gemm_sm80(problem, stream);
      GemmSm90Config const config = choose_gemm_sm90(problem.m, problem.n, problem.k, problem.batch);
      return gemm_sm90(problem, config, gemm_sm90_blocks, stream);
    }
  if constexpr (sizeof(T) != 2)
    if (int const rows_of_block = launch_along_k(problem, stream)) return rows_of_block;
  return launch_plain(problem, stream);
}

}  // namespace

template <class T, class D>
void gemm(GemmArgs<T, D> const& args, Stream stream) {
  check_arguments(args);
  check_workspace("gemm", args);
  if (args.batch == 0) return;
  GemmProblem<T> const problem = problem_of(args);
  begin_reductions(args.epilogue, stream);
  int rows_of_block = 1;
  if (args.m > 0 && args.n > 0) rows_of_block = launch_products(problem, stream);
  finish_reductions(args.epilogue, problem.output, ceil_div<i64>(args.m, rows_of_block), stream, "gemm");
}

HEDDLE_INSTANTIATE_GEMM(gemm);

}  // namespace heddle::HEDDLE_BACKEND
