// Launchers of the matrix product of 16-bit types from sm_80 on: for CUDA, and for the emulator.
#include "kernels/gemm/gemm_sm80.cuh"

#include "kernels/core/math.h"
#include "kernels/gemm/gemm_tensor_core.h"

namespace heddle::HEDDLE_BACKEND {

template <class T>
void gemm_sm80(GemmArgs<T> const& args, Stream stream) {
  with_majors(args, [&]<Major a, Major b>() {
    using Kernel = GemmSm80<T, a, b>;
    i64 const tiles = ceil_div<i64>(args.m, Kernel::tile) * ceil_div<i64>(args.n, Kernel::tile);
    check(tiles <= 0x7fffffff, "[gemm] d has more tiles than a launch takes: m=", args.m, ", n=", args.n);
    launch<Kernel>(dim3(static_cast<unsigned>(tiles)),
                   {args.k,
                    {args.a, args.m, args.lda},
                    {args.b, args.n, args.ldb},
                    {args.m, args.n, args.alpha, args.beta, args.c, args.ldc, args.d, args.ldd},
                    writes_in_rows(args)},
                   stream, "gemm");
  });
}

template void gemm_sm80(GemmArgs<f16> const&, Stream);
template void gemm_sm80(GemmArgs<bf16> const&, Stream);

}  // namespace heddle::HEDDLE_BACKEND
