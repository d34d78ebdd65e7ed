// Launchers of the matrix product of 16-bit types on sm_90a: for CUDA, and for the emulator.
#include "kernels/gemm/gemm_sm90.cuh"

#include <algorithm>
#include <concepts>

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
void launch_tiles(GemmArgs<T> const& args, int blocks, Stream stream) {
  using Layout = typename Kernel::Layout;
  bool const copied = writes_in_rows(args);
  StoredLines const a = {args.transpose_a ? args.k : args.m, args.transpose_a ? args.m : args.k, args.lda, args.batch,
                         args.strides.a};
  StoredLines const b = {args.transpose_b ? args.n : args.k, args.transpose_b ? args.k : args.n, args.ldb, args.batch,
                         args.strides.b};
  StoredLines const d = {args.m, args.n, args.ldd, args.batch, args.strides.d};
  i64 const tiles = GemmTiles(args.m, args.n, args.batch, Layout::config).count();
  i64 const clusters = std::min<i64>(tiles, blocks / Layout::cluster);
  launch<Kernel>(dim3(static_cast<unsigned>(clusters * Layout::cluster)),
                 {.k = args.k,
                  .batch = args.batch,
                  .a = map_operand(args.a, a, !args.transpose_a, Layout::rows),
                  .b = map_operand(args.b, b, args.transpose_b, Layout::columns_of_b),
                  .a_batched = args.strides.a > 0,
                  .b_batched = args.strides.b > 0,
                  .output = {args.m, args.n, args.alpha, args.beta, args.c, args.ldc, args.d, args.ldd},
                  .strides = args.strides,
                  .copied = copied,
                  .d = copied ? map_lines(args.d, d, Layout::consumer_rows) : TensorMap{}},
                 stream, "gemm");
}

}  // namespace

template <class T>
void gemm_sm90(GemmArgs<T> const& args, GemmSm90Config const& config, int blocks, Stream stream) {
  with_majors(args, [&]<Major a, Major b>() {
    with_config<gemm_sm90_configs>(
        config, [&]<GemmSm90Config chosen>() { launch_tiles<GemmSm90<T, a, b, chosen>>(args, blocks, stream); });
  });
}

template void gemm_sm90(GemmArgs<f16> const&, GemmSm90Config const&, int, Stream);
template void gemm_sm90(GemmArgs<bf16> const&, GemmSm90Config const&, int, Stream);

}  // namespace heddle::HEDDLE_BACKEND
