// Launchers of the matrix product of 16-bit types on sm_90a: for CUDA, and for the emulator.
#include "kernels/gemm/gemm_sm90.cuh"

#include <algorithm>
#include <concepts>

#include "kernels/core/error.h"
#include "kernels/gemm/gemm_tensor_core.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// A matrix of each product as it is stored: lines of `length` neighbours, `leading` elements after each other.
struct StoredLines {
  i64 lines, length, leading;
  i64 products, stride;  // between products: 0 where all share the matrix
};

/// In boxes of box_lines lines of 128 bytes.
template <class T>
TensorMap map_lines(T const* data, StoredLines const& of, u32 box_lines) {
  bool const batched = of.products > 1 && of.stride > 0;
  i64 const products = batched ? of.products : 1, stride = batched ? of.stride : of.leading;
  return make_tensor_map(
      data,
      TiledTensor{.type = std::same_as<T, f16> ? TensorType::f16 : TensorType::bf16,
                  .rank = 3,
                  .sizes = {static_cast<u64>(of.length), static_cast<u64>(of.lines), static_cast<u64>(products)},
                  .strides_bytes = {static_cast<u64>(of.leading) * sizeof(T), static_cast<u64>(stride) * sizeof(T)},
                  .box = {128 / sizeof(T), box_lines, 1},
                  .swizzle = Swizzle::bytes_128,
                  .l2_promotion = L2Promotion::bytes_256});
}

/// Lines of A or B: k of them, or as many as there are rows of A or columns of B, where k is within the line.
template <class T>
TensorMap map_operand(T const* data, StoredLines of, bool k_major, int box_length) {
  return map_lines(data, of, static_cast<u32>(k_major ? box_length : 128 / static_cast<int>(sizeof(T))));
}

template <class Kernel, class T>
void launch_tiles(GemmProblem<T> const& g, int blocks, Stream stream) {
  using Layout = typename Kernel::Layout;
  bool const copied = writes_in_rows<T>(g.output);
  StoredLines const a = {g.transpose_a ? g.k : g.m, g.transpose_a ? g.m : g.k, g.lda, g.batch, g.stride_a};
  StoredLines const b = {g.transpose_b ? g.n : g.k, g.transpose_b ? g.k : g.n, g.ldb, g.batch, g.stride_b};
  StoredLines const d = {g.m, g.n, g.output.ldd, g.batch, g.output.stride_d};
  i64 const tiles = GemmTiles(g.m, g.n, g.batch, Layout::config).count();
  i64 const clusters = std::min<i64>(tiles, blocks / Layout::cluster);
  launch<Kernel>(dim3(static_cast<unsigned>(clusters * Layout::cluster)),
                 {.k = g.k,
                  .batch = g.batch,
                  .a = map_operand(g.a, a, !g.transpose_a, Layout::rows),
                  .b = map_operand(g.b, b, g.transpose_b, Layout::columns_of_b),
                  .a_batched = g.stride_a > 0,
                  .b_batched = g.stride_b > 0,
                  .output = g.output,
                  .copied = copied,
                  .d = copied ? map_lines(static_cast<T const*>(g.output.d), d, Layout::consumer_rows) : TensorMap{}},
                 stream, "gemm");
}

}  // namespace

template <class T>
int gemm_sm90(GemmProblem<T> const& problem, GemmSm90Config const& config, int blocks, Stream stream) {
  check(std::ranges::find(gemm_sm90_configs, config) != std::end(gemm_sm90_configs) && blocks >= config.cluster,
        "[gemm] this configuration has no kernel, or too few blocks: columns=", config.columns,
        ", stages=", config.stages, ", cluster=", config.cluster, ", blocks=", blocks,
        "; take one of gemm_sm90_configs");
  with_majors(problem, [&]<Major a, Major b>() {
    with_config<gemm_sm90_configs>(
        config, [&]<GemmSm90Config chosen>() { launch_tiles<GemmSm90<T, a, b, chosen>>(problem, blocks, stream); });
  });
  return config.consumer_rows();
}

template int gemm_sm90(GemmProblem<f16> const&, GemmSm90Config const&, int, Stream);
template int gemm_sm90(GemmProblem<bf16> const&, GemmSm90Config const&, int, Stream);

}  // namespace heddle::HEDDLE_BACKEND
