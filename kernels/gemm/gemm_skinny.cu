// Launchers of skinny matrix products: for CUDA, and for the emulator.
#include "kernels/gemm/gemm_skinny.cuh"

#include "kernels/core/choice.h"
#include "kernels/gemm/gemm_skinny.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class T>
SkinnyOperand<T> operand(T const* data, i64 lines, i64 leading, bool along_k) {
  bool const vectorised = aligned(data) && leading % widest_vector<T> == 0;
  return {data, lines, along_k ? leading : 1, along_k ? 1 : leading, vectorised};
}

template <class T, Major major>
void launch_lines(GemmArgs<T> const& args, SkinnyShape const& shape, Stream stream) {
  SkinnyOperand<T> const a = operand(args.a, args.m, args.lda, !args.transpose_a);
  SkinnyOperand<T> const b = operand(args.b, args.n, args.ldb, args.transpose_b);
  with_config<gemm_skinny_configs>(gemm_skinny_configs[args.choice.config], [&]<GemmSkinnyConfig chosen>() {
    if constexpr (chosen.exists(major == Major::k)) {
      i64 const blocks = ceil_div<i64>(shape.lines, chosen.lines);
      check(blocks <= 0x7fffffff, "[gemm] d has more rows or columns than a launch takes: m=", args.m, ", n=", args.n);
      launch<GemmSkinny<T, major, chosen>>(dim3(static_cast<unsigned>(blocks)),
                                           {args.alpha == 0 ? 0 : args.k,
                                            shape.small_is_a ? b : a,
                                            shape.small_is_a ? a : b,
                                            {args.m, args.n, args.alpha, args.beta, args.c, args.ldc, args.d, args.ldd},
                                            shape.small_is_a},
                                           stream, "gemm");
    }
  });
}

}  // namespace

template <class T>
void gemm_skinny(GemmArgs<T> const& args, Stream stream) {
  SkinnyShape const shape = SkinnyShape::of(args);
  shape.along_k ? launch_lines<T, Major::k>(args, shape, stream) : launch_lines<T, Major::mn>(args, shape, stream);
}

template void gemm_skinny(GemmArgs<f32> const&, Stream);
template void gemm_skinny(GemmArgs<f16> const&, Stream);
template void gemm_skinny(GemmArgs<bf16> const&, Stream);

}  // namespace heddle::HEDDLE_BACKEND
