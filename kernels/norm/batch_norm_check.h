// What every device asks of the arguments of batch normalisation.
#pragma once

#include "kernels/core/arguments.h"
#include "kernels/norm/batch_norm.h"

namespace heddle {

inline void check_batch_norm_shape(char const* operation, BatchNormShape const& shape) {
  check_sizes(operation, {{"rows", shape.rows}, {"channels", shape.channels}});
}

/// Throws an Error that names the value. Does not look at the workspace, which the CPU does not use.
template <class T>
void check_arguments(BatchNormTrainingArgs<T> const& a) {
  check_batch_norm_shape("batch_norm_training", a.shape);
  check_epsilon("batch_norm_training", a.epsilon);
  check_tensors("batch_norm_training", a);
}

/// Throws an Error that names the value.
template <class T>
void check_arguments(BatchNormInferenceArgs<T> const& a) {
  check_batch_norm_shape("batch_norm_inference", a.shape);
  check_epsilon("batch_norm_inference", a.epsilon);
  check_tensors("batch_norm_inference", a);
}

/// Throws an Error that names the value. Does not look at the workspace, which the CPU does not use.
template <class T>
void check_arguments(BatchNormBackwardArgs<T> const& a) {
  check_batch_norm_shape("batch_norm_backward", a.shape);
  check_tensors("batch_norm_backward", a);
  check(a.positive == nullptr || a.activation == Activation::relu || a.shape.elements() == 0,
        "[batch_norm_backward] positive is for relu: leave it null, and give the residual");
}

}  // namespace heddle
