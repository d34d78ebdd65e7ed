// What every device asks of the arguments of layer normalisation.
#pragma once

#include "kernels/core/arguments.h"
#include "kernels/norm/layer_norm.h"

namespace heddle {

/// Throws an Error that names the value.
template <class T>
void check_arguments(LayerNormForwardArgs<T> const& a) {
  check_sizes("layer_norm_forward", {{"rows", a.shape.rows}, {"columns", a.shape.columns}});
  check_epsilon("layer_norm_forward", a.epsilon);
  check_tensors("layer_norm_forward", a);
}

/// Throws an Error that names the value. Does not look at the workspace, which the CPU does not use.
template <class T>
void check_arguments(LayerNormBackwardArgs<T> const& a) {
  check_sizes("layer_norm_backward", {{"rows", a.shape.rows}, {"columns", a.shape.columns}});
  check_tensors("layer_norm_backward", a);
}

}  // namespace heddle
