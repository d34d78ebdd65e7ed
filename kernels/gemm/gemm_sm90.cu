// Launchers of the matrix product of 16-bit types on sm_90a: for CUDA, and for the emulator.
#include "kernels/gemm/gemm_sm90.cuh"

#include "kernels/core/error.h"
#include "kernels/gemm/gemm_sm90_launch.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class Kernel, class T>
void launch_tiles(GemmProblem<T> const& g, int blocks, Stream stream) {
  using Layout = typename Kernel::Layout;
  StoredLines const a = {g.transpose_a ? g.k : g.m, g.transpose_a ? g.m : g.k, g.lda, g.batch, g.stride_a};
  StoredLines const b = {g.transpose_b ? g.n : g.k, g.transpose_b ? g.k : g.n, g.ldb, g.batch, g.stride_b};
  launch_gemm_sm90<Kernel>({.k = g.k,
                            .a = map_operand(g.a, a, Layout::major_a, Layout::rows),
                            .b = map_operand(g.b, b, Layout::major_b, Layout::columns_of_b),
                            .a_batched = g.stride_a > 0,
                            .b_batched = g.stride_b > 0},
                           GemmTiles(g.m, g.n, g.batch, Layout::config), g.output, blocks, stream, "gemm");
}

}  // namespace

template <class T>
int gemm_sm90(GemmProblem<T> const& problem, GemmSm90Config const& config, int blocks, Stream stream) {
  check(std::ranges::find(gemm_sm90_configs, config) != std::end(gemm_sm90_configs) && blocks >= config.cluster,
        "[gemm] this configuration has no kernel, or too few blocks: columns=", config.columns,
        ", stages=", config.stages, ", cluster=", config.cluster, ", blocks=", blocks,
        "; take one of gemm_sm90_configs");
  with_majors(problem, [&]<Major a, Major b>() {
    with_config<gemm_sm90_configs>(config, [&]<GemmSm90Config chosen>() {
      launch_tiles<GemmSm90<GemmSm90Layout<GemmSm90Operands<T, a, b>, chosen>>>(problem, blocks, stream);
    });
  });
  return config.consumer_rows();
}

template int gemm_sm90(GemmProblem<f16> const&, GemmSm90Config const&, int, Stream);
template int gemm_sm90(GemmProblem<bf16> const&, GemmSm90Config const&, int, Stream);

}  // namespace heddle::HEDDLE_BACKEND
