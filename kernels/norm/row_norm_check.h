// What every device asks of the arguments of a normalisation of rows.
#pragma once

#include "kernels/core/arguments.h"
#include "kernels/norm/row_norm_shape.h"

namespace heddle {

/// Throws an Error that names the value. Args: those of the forward pass of layer or root mean square normalisation.
template <class Args>
void check_row_norm_forward(char const* operation, Args const& a) {
  check_sizes(operation, {{"rows", a.shape.rows}, {"columns", a.shape.columns}});
  check_epsilon(operation, a.epsilon);
  check_tensors(operation, a);
  bool const empty = a.shape.rows * a.shape.columns == 0;
  check(empty || (a.residual == nullptr) == (a.sum == nullptr), "[", operation,
        "] residual and sum come together: give both or none");
}

/// Throws an Error that names the value. Does not look at the workspace, which the CPU does not use.
template <class Args>
void check_row_norm_backward(char const* operation, Args const& a) {
  check_sizes(operation, {{"rows", a.shape.rows}, {"columns", a.shape.columns}});
  check_tensors(operation, a);
}

}  // namespace heddle
