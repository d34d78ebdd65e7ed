// Launchers of the matrix product of 16-bit types, i8 and tf32 from sm_80 on: for CUDA, and for the emulator.
#include "kernels/gemm/gemm_sm80.cuh"

#include "kernels/gemm/gemm_tensor_core.h"

namespace heddle::HEDDLE_BACKEND {

namespace {

template <class T, Major a, Major b>
int launch_tiles(GemmProblem<T> const& g, Stream stream) {
  using Kernel = GemmSm80<T, a, b>;
  launch<Kernel>(
      dim3(count_tiles(g, Kernel::tile, Kernel::tile)),
      {g.k, {{g.a, g.m, g.lda}, g.stride_a}, {{g.b, g.n, g.ldb}, g.stride_b}, g.output, writes_in_rows<T>(g.output)},
      stream, "gemm");
  return Kernel::tile;
}

}  // namespace

template <class T>
int gemm_sm80(GemmProblem<T> const& g, Stream stream) {
  if constexpr (sizeof(T) != 2) return launch_tiles<T, Major::k, Major::k>(g, stream);
  int rows_of_block = 0;
  if constexpr (sizeof(T) == 2)
    with_majors(g, [&]<Major a, Major b>() { rows_of_block = launch_tiles<T, a, b>(g, stream); });
  return rows_of_block;
}

template int gemm_sm80(GemmProblem<f16> const&, Stream);
template int gemm_sm80(GemmProblem<bf16> const&, Stream);
template int gemm_sm80(GemmProblem<f32> const&, Stream);
template int gemm_sm80(GemmProblem<i8> const&, Stream);

}  // namespace heddle::HEDDLE_BACKEND
