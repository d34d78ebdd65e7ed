// Launchers of the norm of a list of gradients: for CUDA, and for the emulator.
#include "kernels/optimizer/gradient_norm.cuh"

#include "kernels/optimizer/optimizer_check.h"

namespace heddle::HEDDLE_BACKEND {

template <class T>
void gradient_norm(GradientNormArgs<T> const& a, Stream stream) {
  check_gradient_norm(a);
  check_workspace("gradient_norm", a);
  auto* const sums = static_cast<double*>(a.workspace.data);
  i64 done = 0;
  auto const add_up = [&]<class G>(std::span<GradientTensor<G> const> list) {
    for_each_table(list, gradient_norm_chunk, [&](auto const& table, i64 chunks) {
      launch<GradientSquares<G>>(dim3(static_cast<unsigned>(chunks)), {sums + done, table}, stream, "gradient_norm");
      done += chunks;
    });
  };
  add_up(a.list);
  add_up(a.f32_list);
  launch<GradientNormFinish>(dim3(1), {done, sums, a.rules, a.state}, stream, "gradient_norm_finish");
}

HEDDLE_INSTANTIATE(gradient_norm, GradientNormArgs);

}  // namespace heddle::HEDDLE_BACKEND
