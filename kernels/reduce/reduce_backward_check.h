// What every device asks of the arguments of the gradients of reductions.
#pragma once

#include "kernels/reduce/reduce_backward.h"
#include "kernels/reduce/reduce_check.h"

namespace heddle {

/// Throws an Error that names the value.
template <class T>
void check_arguments(ReduceSumBackwardArgs<T> const& a) {
  check_shape("reduce_sum_backward", a.shape);
  check(a.summary <= Summary::l2_norm, "[reduce_sum_backward] unknown summary: ", static_cast<int>(a.summary));
  check_tensors("reduce_sum_backward", a);
}

/// Likewise.
template <class T>
void check_arguments(ReduceMaxBackwardArgs<T> const& a) {
  check_shape("reduce_max_backward", a.shape);
  check_tensors("reduce_max_backward", a);
}

}  // namespace heddle
