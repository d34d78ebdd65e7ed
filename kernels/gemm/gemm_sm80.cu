// Launchers of the matrix product of 16-bit types, i8 and tf32 from sm_80 on: for CUDA, and for the emulator.
#include "kernels/gemm/gemm_sm80.cuh"

#include "kernels/core/math.h"
#include "kernels/gemm/gemm_tensor_core.h"

namespace heddle::HEDDLE_BACKEND {

namespace {

template <class T, class D, Major a, Major b>
void launch_tiles(GemmArgs<T, D> const& args, bool in_rows, Stream stream) {
  using Kernel = GemmSm80<T, a, b, D>;
  i64 const tiles = ceil_div<i64>(args.m, Kernel::tile) * ceil_div<i64>(args.n, Kernel::tile);
  check(tiles <= 0x7fffffff, "[gemm] d has more tiles than a launch takes: m=", args.m, ", n=", args.n);
  launch<Kernel>(dim3(static_cast<unsigned>(tiles)),
                 {args.k,
                  {args.a, args.m, args.lda},
                  {args.b, args.n, args.ldb},
                  scale_of(args),
                  {args.m, args.n, args.alpha, args.beta, args.c, args.ldc, args.d, args.ldd},
                  in_rows},
                 stream, "gemm");
}

}  // namespace

template <class T, class D>
void gemm_sm80(GemmArgs<T, D> const& args, Stream stream) {
  if constexpr (sizeof(T) == 2)
    with_majors(args, [&]<Major a, Major b>() { launch_tiles<T, D, a, b>(args, writes_in_rows(args), stream); });
  else
    launch_tiles<T, D, Major::k, Major::k>(args, false, stream);
}

template void gemm_sm80(GemmArgs<f16> const&, Stream);
template void gemm_sm80(GemmArgs<bf16> const&, Stream);
template void gemm_sm80(GemmArgs<f32> const&, Stream);
template void gemm_sm80(GemmArgs<i8, f32> const&, Stream);
template void gemm_sm80(GemmArgs<i8, i32> const&, Stream);

}  // namespace heddle::HEDDLE_BACKEND
