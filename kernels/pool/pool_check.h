// What every device asks of the arguments of pooling.
#pragma once

#include "kernels/core/arguments.h"
#include "kernels/pool/average_pool.h"
#include "kernels/pool/max_pool.h"

namespace heddle {

/// Throws an Error that names the value.
template <class T>
void check_max_pool_forward(MaxPoolForwardArgs<T> const& a) {
  check_shape(a.shape);
  check_tensors("max_pool_forward", a);
  check_taps("max_pool_forward", a.shape, a.tap);
}

/// Throws an Error that names the value.
template <class T>
void check_max_pool_backward(MaxPoolBackwardArgs<T> const& a) {
  check_shape(a.shape);
  check_tensors("max_pool_backward", a);
  check_taps("max_pool_backward", a.shape, a.tap);
  check(a.shape.output_count() == 0 || (a.tap == nullptr) != (a.index == nullptr),
        "[max_pool_backward] takes one of tap and index, but has ", a.tap == nullptr ? "none" : "both");
}

/// Throws an Error that names the value. Args: of any pass of average pooling.
template <class Args>
void check_average_pool(char const* operation, Args const& a) {
  check_shape(a.shape);
  check_tensors(operation, a);
}

}  // namespace heddle
