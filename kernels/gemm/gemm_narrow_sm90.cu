// Launchers of the matrix product of f8e4m3, i8 and tf32 on sm_90a: for CUDA, and for the emulator.
#include "kernels/gemm/gemm_narrow_sm90.cuh"

#include <algorithm>

#include "kernels/gemm/gemm_tensor_core.h"
#include "kernels/machine/device.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

/// Of all products, or of one where it is that of all: lines of k neighbours, in boxes of 128 bytes of box_lines lines.
template <class T>
TensorMap map_lines(T const* data, i64 products, i64 stride, i64 lines, i64 k, i64 leading, int box_lines) {
  bool const one = products == 1 || stride == 0;
  return make_tensor_map(
      data, TiledTensor{.type = std::same_as<T, f32> ? TensorType::tf32 : TensorType::u8,
                        .rank = 3,
                        .sizes = {static_cast<u64>(k), static_cast<u64>(lines), static_cast<u64>(one ? 1 : products)},
                        .strides_bytes = {static_cast<u64>(leading) * sizeof(T),
                                          static_cast<u64>(one ? leading : stride) * sizeof(T)},
                        .box = {128 / sizeof(T), static_cast<u32>(box_lines), 1},
                        .swizzle = Swizzle::bytes_128,
                        .l2_promotion = L2Promotion::bytes_256});
}

template <class T>
GemmTiles tiles_of(GemmProblem<T> const& g, int columns) {
  return {g.m, g.n, g.batch, {.columns = columns}};
}

template <class Kernel, class T>
int launch_tiles(GemmProblem<T> const& g, Stream stream) {
  GemmTiles const tiles = tiles_of(g, Kernel::columns);
  launch<Kernel>(dim3(static_cast<unsigned>(std::min<i64>(tiles.count(), multiprocessors()))),
                 {g.k, tiles, map_lines(g.a, g.batch, g.stride_a, g.m, g.k, g.lda, Kernel::rows),
                  map_lines(g.b, g.batch, g.stride_b, g.n, g.k, g.ldb, Kernel::columns),
                  g.batch == 1 || g.stride_a == 0, g.batch == 1 || g.stride_b == 0, g.factors_a, g.factors_b, g.output},
                 stream, "gemm");
  return Kernel::consumer_rows;
}

}  // namespace

/// Wide tiles, which read less, once there is one for each multiprocessor.
template <class T>
int gemm_narrow_sm90(GemmProblem<T> const& g, Stream stream) {
  if constexpr (!is_f8<T>)
    if (tiles_of(g, 256).count() >= multiprocessors()) return launch_tiles<GemmNarrowSm90<T, 256>>(g, stream);
  return launch_tiles<GemmNarrowSm90<T, 128>>(g, stream);
}

template int gemm_narrow_sm90(GemmProblem<f32> const&, Stream);
template int gemm_narrow_sm90(GemmProblem<f8e4m3> const&, Stream);
template int gemm_narrow_sm90(GemmProblem<i8> const&, Stream);

}  // namespace heddle::HEDDLE_BACKEND
