// Launchers of softmax: for CUDA, and for the emulator.
#include "kernels/softmax/softmax.cuh"

#include "kernels/core/choice.h"
#include "kernels/machine/device.h"
#include "kernels/softmax/softmax_backward.cuh"
#include "kernels/softmax/softmax_check.h"
#include "kernels/softmax/softmax_config.h"

namespace heddle::HEDDLE_BACKEND {

template <class T>
void softmax_forward(SoftmaxForwardArgs<T> const& a, Stream stream) {
  check_arguments(a);
  if (a.rows == 0 || a.columns == 0) return;
  RowConfig const config =
      choose(softmax_forward_configs, a.columns, {sizeof(T), aligned(a.x, a.bias, a.mask, a.y), kernel_architecture()});
  with_config<softmax_forward_configs>(config, [&]<RowConfig chosen>() {
    launch<SoftmaxForward<T, chosen>>(dim3(row_blocks(chosen, a.rows)),
                                      {a.rows, a.columns, a.mask_rows, a.logarithm, a.scale, a.x, a.bias, a.mask, a.y},
                                      stream, "softmax_forward");
  });
}

template <class T>
void softmax_backward(SoftmaxBackwardArgs<T> const& a, Stream stream) {
  check_arguments(a);
  if (a.rows == 0 || a.columns == 0) return;
  RowConfig const config =
      choose(softmax_backward_configs, a.columns, {sizeof(T), aligned(a.y, a.dy, a.dx), kernel_architecture()});
  with_config<softmax_backward_configs>(config, [&]<RowConfig chosen>() {
    launch<SoftmaxBackward<T, chosen>>(dim3(row_blocks(chosen, a.rows)),
                                       {a.rows, a.columns, a.logarithm, a.scale, a.y, a.dy, a.dx}, stream,
                                       "softmax_backward");
  });
}

HEDDLE_INSTANTIATE(softmax_forward, SoftmaxForwardArgs);
HEDDLE_INSTANTIATE(softmax_backward, SoftmaxBackwardArgs);

}  // namespace heddle::HEDDLE_BACKEND
