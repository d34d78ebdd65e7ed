// Launchers of the Kullback-Leibler divergence: for CUDA, and for the emulator.
#include "kernels/loss/kl_divergence.cuh"

#include "kernels/core/choice.h"
#include "kernels/loss/kl_divergence_check.h"
#include "kernels/loss/loss_config.h"

namespace heddle::HEDDLE_BACKEND {

template <class T>
void kl_divergence(KlDivergenceArgs<T> const& a, Stream stream) {
  check_arguments(a);
  if (a.rows == 0) return;
  RowConfig const config = choose(two_row_configs, a.classes, {sizeof(T), aligned(a.student, a.teacher, a.dstudent)});
  with_config<two_row_configs>(config, [&]<RowConfig chosen>() {
    launch<KlDivergence<T, chosen>>(
        dim3(row_blocks(chosen, a.rows)),
        {a.rows, a.classes, a.temperature, 1 / a.temperature, a.dloss, a.student, a.teacher, a.loss, a.dstudent},
        stream, "kl_divergence");
  });
}

HEDDLE_INSTANTIATE(kl_divergence, KlDivergenceArgs);

}  // namespace heddle::HEDDLE_BACKEND
