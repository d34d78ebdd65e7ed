// Launchers of the matrix product of f8e4m3, i8 and tf32 on sm_90a: for CUDA, and for the emulator.
#include "kernels/gemm/gemm_narrow_sm90.cuh"

#include "kernels/gemm/gemm_sm90_launch.cuh"
#include "kernels/machine/device.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class T>
GemmTiles tiles_of(GemmProblem<T> const& g, int columns) {
  return {g.m, g.n, g.batch, {.columns = columns}};
}

template <class Kernel, class T>
int launch_tiles(GemmProblem<T> const& g, Stream stream) {
  GemmTiles const tiles = tiles_of(g, Kernel::columns);
  launch<Kernel>(dim3(static_cast<unsigned>(std::min<i64>(tiles.count(), multiprocessors()))),
                 {g.k, tiles, map_lines(g.a, {g.m, g.k, g.lda, g.batch, g.stride_a}, Kernel::rows),
                  map_lines(g.b, {g.n, g.k, g.ldb, g.batch, g.stride_b}, Kernel::columns),
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
