// Launchers of the matrix product of 16-bit types on sm_90a: for CUDA, and for the emulator.
#include "kernels/gemm/gemm_sm90.cuh"

#include <algorithm>
#include <array>
#include <concepts>

#include "kernels/gemm/gemm_tensor_core.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// Lines of `length` neighbours, `leading` elements after each other, in boxes of 64 neighbours of box_lines lines.
template <class T>
TensorMap map_lines(T const* data, i64 lines, i64 length, i64 leading, i64 box_lines) {
  return make_tensor_map(data, TiledTensor{.type = std::same_as<T, f16> ? TensorType::f16 : TensorType::bf16,
                                           .rank = 2,
                                           .sizes = {static_cast<u64>(length), static_cast<u64>(lines)},
                                           .strides_bytes = {static_cast<u64>(leading) * sizeof(T)},
                                           .box = {64, static_cast<u32>(box_lines)},
                                           .swizzle = Swizzle::bytes_128,
                                           .l2_promotion = L2Promotion::bytes_256});
}

template <class Kernel, class T>
void launch_tiles(GemmArgs<T> const& args, Stream stream) {
  auto const [m, n, k] = std::array{args.m, args.n, args.k};
  bool const copied = writes_in_rows(args);
  i64 const tiles = GemmTiles(m, n, Kernel::columns).count();
  launch<Kernel>(dim3(static_cast<unsigned>(std::min<i64>(tiles, 132))),  // the multiprocessors of an H200
                 {k,
                  args.transpose_a ? map_lines(args.a, k, m, args.lda, Kernel::a_tile.lines)
                                   : map_lines(args.a, m, k, args.lda, Kernel::a_tile.lines),
                  args.transpose_b ? map_lines(args.b, n, k, args.ldb, Kernel::b_tile.lines)
                                   : map_lines(args.b, k, n, args.ldb, Kernel::b_tile.lines),
                  {m, n, args.alpha, args.beta, args.c, args.ldc, args.d, args.ldd},
                  copied,
                  copied ? map_lines(args.d, m, n, args.ldd, Kernel::d_tile.lines) : TensorMap{}},
                 stream, "gemm");
}

}  // namespace

template <class T>
void gemm_sm90(GemmArgs<T> const& args, Stream stream) {
  with_majors(args, [&]<Major a, Major b>() {
    with_config<gemm_sm90_configs>(gemm_sm90_configs[args.choice.config], [&]<GemmSm90Config chosen>() {
      launch_tiles<GemmSm90<T, a, b, chosen>>(args, stream);
    });
  });
}

template void gemm_sm90(GemmArgs<f16> const&, Stream);
template void gemm_sm90(GemmArgs<bf16> const&, Stream);

}  // namespace heddle::HEDDLE_BACKEND
