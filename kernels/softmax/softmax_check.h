// What every device asks of the arguments of softmax.
#pragma once

#include "kernels/core/arguments.h"
#include "kernels/softmax/softmax.h"

namespace heddle {

/// Throws an Error that names the value.
template <class T>
void check_arguments(SoftmaxForwardArgs<T> const& a) {
  check_sizes("softmax_forward", {{"rows", a.rows}, {"columns", a.columns}});
  check((a.mask == nullptr && a.bias == nullptr) || a.mask_rows > 0,
        "[softmax_forward] mask and bias need rows: mask_rows=", a.mask_rows);
  check_tensors("softmax_forward", a);
}

/// Throws an Error that names the value.
template <class T>
void check_arguments(SoftmaxBackwardArgs<T> const& a) {
  check_sizes("softmax_backward", {{"rows", a.rows}, {"columns", a.columns}});
  check_tensors("softmax_backward", a);
}

}  // namespace heddle
