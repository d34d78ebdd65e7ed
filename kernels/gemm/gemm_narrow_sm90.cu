// Launchers of the matrix product of f8e4m3, i8 and tf32 on sm_90a: for CUDA, and for the emulator.
#include "kernels/gemm/gemm_narrow_sm90.cuh"

#include <algorithm>

#include "kernels/gemm/gemm_tensor_core.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// Lines of k neighbours, `leading` elements after each other, in boxes of 128 bytes of box_lines lines.
template <class T>
TensorMap map_lines(T const* data, i64 lines, i64 k, i64 leading, int box_lines) {
  return make_tensor_map(data, TiledTensor{.type = std::same_as<T, f32> ? TensorType::tf32 : TensorType::u8,
                                           .rank = 2,
                                           .sizes = {static_cast<u64>(k), static_cast<u64>(lines)},
                                           .strides_bytes = {static_cast<u64>(leading) * sizeof(T)},
                                           .box = {128 / sizeof(T), static_cast<u32>(box_lines)},
                                           .swizzle = Swizzle::bytes_128,
                                           .l2_promotion = L2Promotion::bytes_256});
}

template <class Kernel, class T, class D>
void launch_tiles(GemmArgs<T, D> const& args, Stream stream) {
  i64 const tiles = GemmTiles(args.m, args.n, Kernel::columns).count();
  launch<Kernel>(dim3(static_cast<unsigned>(std::min<i64>(tiles, 132))),  // the multiprocessors of an H200
                 {args.k,
                  map_lines(args.a, args.m, args.k, args.lda, Kernel::rows),
                  map_lines(args.b, args.n, args.k, args.ldb, Kernel::columns),
                  scale_of(args),
                  factors_of_a(args),
                  factors_of_b(args),
                  {args.m, args.n, args.alpha, args.beta, args.c, args.ldc, args.d, args.ldd}},
                 stream, "gemm");
}

}  // namespace

/// Wide tiles, which read less, once there is one for each of the 132 multiprocessors of an H200.
template <class T, class D>
void gemm_narrow_sm90(GemmArgs<T, D> const& args, Stream stream) {
  if constexpr (!is_f8<T>)
    if (GemmTiles(args.m, args.n, 256).count() >= 132) return launch_tiles<GemmNarrowSm90<T, D, 256>>(args, stream);
  launch_tiles<GemmNarrowSm90<T, D, 128>>(args, stream);
}

template void gemm_narrow_sm90(GemmArgs<f32> const&, Stream);
template void gemm_narrow_sm90(GemmArgs<f8e4m3, f32> const&, Stream);
template void gemm_narrow_sm90(GemmArgs<i8, f32> const&, Stream);
template void gemm_narrow_sm90(GemmArgs<i8, i32> const&, Stream);

}  // namespace heddle::HEDDLE_BACKEND
