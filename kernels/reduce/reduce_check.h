// What every device asks of the arguments of reductions.
#pragma once

#include "kernels/core/arguments.h"
#include "kernels/reduce/reduce.h"

namespace heddle {

inline void check_shape(char const* operation, ReduceShape const& shape) {
  check_sizes(operation, {{"outer", shape.outer}, {"axis", shape.axis}, {"inner", shape.inner}});
}

/// Throws an Error that names the value.
template <class T>
void check_arguments(ReduceSumArgs<T> const& a) {
  check_shape("reduce_sum", a.shape);
  check(a.summary <= Summary::l2_norm, "[reduce_sum] unknown summary: ", static_cast<int>(a.summary));
  check_tensors("reduce_sum", a);
}

/// Likewise.
template <class T>
void check_arguments(ReduceDotArgs<T> const& a) {
  check_shape("reduce_dot", a.shape);
  check_tensors("reduce_dot", a);
}

/// Likewise.
template <class T>
void check_arguments(ReduceMaxArgs<T> const& a) {
  check_shape("reduce_max", a.shape);
  check(a.shape.axis > 0 || a.shape.results() == 0, "[reduce_max] the axis must not be empty: outer=", a.shape.outer,
        ", axis=0, inner=", a.shape.inner);
  check_tensors("reduce_max", a);
}

}  // namespace heddle
