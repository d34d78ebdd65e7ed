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
    launch<GemmPlain<T, chosen>>(dim3(count_tiles(g, chosen.tile, chosen.tile)),
                                 {g.k,
                                  {g.a, g.m, g.transpose_a ? 1 : g.lda, g.transpose_a ? g.lda : 1, g.stride_a},
                                  {g.b, g.n, g.transpose_b ? g.ldb : 1, g.transpose_b ? 1 : g.ldb, g.stride_b},
                                  g.output},
                                 stream, "gemm");
  });
  return config.tile;
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
  return launch_plain(problem, stream);
}

}  // namespace

template <class T, class D>
void gemm(GemmArgs<T, D> const& args, Stream stream) {
  check_arguments(args);
  check_workspace("gemm", args);
  if (args.batch == 0) return;
  if constexpr ((std::same_as<T, f32> || sizeof(T) == 2) && !std::same_as<D, i32>) {
    GemmProblem<T> const problem = problem_of(args);
    begin_reductions(args.epilogue, stream);
    int rows_of_block = 1;
    if (args.m > 0 && args.n > 0) rows_of_block = launch_products(problem, stream);
    finish_reductions(args.epilogue, problem.output, ceil_div<i64>(args.m, rows_of_block), stream, "gemm");
  } else {
    fail("[gemm] this device multiplies f32, f16 or bf16: use the CPU");
  }
}

HEDDLE_INSTANTIATE_GEMM(gemm);

}  // namespace heddle::HEDDLE_BACKEND
