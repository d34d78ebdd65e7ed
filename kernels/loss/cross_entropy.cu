// Launchers of cross-entropy: for CUDA, and for the emulator.
#include "kernels/loss/cross_entropy.cuh"

#include "kernels/core/choice.h"
#include "kernels/loss/cross_entropy_check.h"
#include "kernels/loss/loss_config.h"
#include "kernels/machine/device.h"

namespace heddle::HEDDLE_BACKEND {

template <class T>
void cross_entropy(CrossEntropyArgs<T> const& a, Stream stream) {
  check_arguments(a);
  if (a.rows == 0) return;
  RowConfig const config =
      choose(one_row_configs, a.classes,
             {sizeof(T), aligned(a.logits, a.targets, a.weights, a.dlogits), kernel_architecture()});
  with_config<one_row_configs>(config, [&]<RowConfig chosen>() {
    launch<CrossEntropy<T, chosen>>(
        dim3(row_blocks(chosen, a.rows)),
        {a.rows, a.classes, 1 - a.smoothing, a.smoothing / static_cast<f32>(a.classes), a.dloss, a.ignored_label,
         a.logits, a.labels, a.targets, a.weights, a.share, a.loss, a.dlogits},
        stream, "cross_entropy");
  });
}

HEDDLE_INSTANTIATE(cross_entropy, CrossEntropyArgs);

}  // namespace heddle::HEDDLE_BACKEND
