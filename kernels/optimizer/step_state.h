// What operations on the parameters of a model have in common: the numbers of a step, and lists of tensors.
#pragma once

#include <span>

#include "kernels/core/operation.h"

namespace heddle {

/// The numbers of a step. They lie on the device, so that a recorded launch (a CUDA graph) finds there those of the
/// step in which it runs again.
struct StepState {
  i64 step = 0;  // updates, with that under way: 1 in the first; gradient_norm adds 1 where it finds all finite
  f32 learning_rate = 0;
  f32 loss_scale = 1;        // the gradients are those of the loss times this
  f32 gradient_scale = 1;    // an update multiplies gradients by this: the clip factor / loss_scale
  i32 finite = 1;            // 0: an update changes nothing
  double gradient_norm = 0;  // L2, of all gradients together / loss_scale, before they are clipped
};

/// The elements of all tensors of a list together.
template <class Tensor>
double count_of(std::span<Tensor const> list) {
  double count = 0;
  for (Tensor const& tensor : list) count += static_cast<double>(tensor.count);
  return count;
}

}  // namespace heddle
