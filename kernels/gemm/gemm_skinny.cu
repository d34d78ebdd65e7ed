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
void launch_lines(GemmProblem<T> const& g, SkinnyShape const& shape, Stream stream) {
  SkinnyOperand<T> const a = operand(g.a, g.m, g.lda, !g.transpose_a);
  SkinnyOperand<T> const b = operand(g.b, g.n, g.ldb, g.transpose_b);
  with_config<gemm_skinny_configs>(gemm_skinny_configs[g.choice.config], [&]<GemmSkinnyConfig chosen>() {
    if constexpr (chosen.exists(major == Major::k)) {
      i64 const blocks = ceil_div<i64>(shape.lines, chosen.lines);
      check(blocks <= 0x7fffffff, "[gemm] d has more rows or columns than a launch takes: m=", g.m, ", n=", g.n);
      launch<GemmSkinny<T, major, chosen>>(dim3(static_cast<unsigned>(blocks)),
                                           {g.output.alpha == 0 ? 0 : g.k, shape.small_is_a ? b : a,
                                            shape.small_is_a ? a : b, g.output, shape.small_is_a},
                                           stream, "gemm");
    }
  });
}

}  // namespace

template <class T>
int gemm_skinny(GemmProblem<T> const& g, Stream stream) {
  SkinnyShape const shape = SkinnyShape::of(g);
  shape.along_k ? launch_lines<T, Major::k>(g, shape, stream) : launch_lines<T, Major::mn>(g, shape, stream);
  return 1;
}

template int gemm_skinny(GemmProblem<f32> const&, Stream);
template int gemm_skinny(GemmProblem<f16> const&, Stream);
template int gemm_skinny(GemmProblem<bf16> const&, Stream);

}  // namespace heddle::HEDDLE_BACKEND
