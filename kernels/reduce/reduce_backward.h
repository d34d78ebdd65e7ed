// The gradients of reductions of one axis: those of the results y [outer, inner], spread over x [outer, axis, inner].
#pragma once

#include "kernels/reduce/reduce.h"

namespace heddle {

/// dx[o, i, j] = dy[o, j], dy[o, j] / axis, or dy[o, j] * x[o, i, j] / y[o, j], which is 0 where y is 0.
template <class T>
struct ReduceSumBackwardArgs {
  ReduceShape shape;
  Summary summary = Summary::sum;
  T const* dy = nullptr;  // [outer, inner]
  T const* x = nullptr;   // [outer, axis, inner], of the norm alone
  T const* y = nullptr;   // [outer, inner], of the norm alone
  T* dx = nullptr;        // [outer, axis, inner]

  static void tensors(auto& a, auto&& tensor) {
    bool const norm = a.summary == Summary::l2_norm;
    tensor("dy", a.dy, a.shape.results());
    tensor("x", a.x, norm ? a.shape.elements() : 0);
    tensor("y", a.y, norm ? a.shape.results() : 0);
    tensor("dx", a.dx, a.shape.elements());
  }
  double flops() const { return (summary == Summary::l2_norm ? 2.0 : 1.0) * static_cast<double>(shape.elements()); }
};

/// dx[o, i, j] = dy[o, j] where i = index[o, j], else 0.
template <class T>
struct ReduceMaxBackwardArgs {
  ReduceShape shape;
  T const* dy = nullptr;       // [outer, inner]
  i64 const* index = nullptr;  // [outer, inner]
  T* dx = nullptr;             // [outer, axis, inner]

  static void tensors(auto& a, auto&& tensor) {
    tensor("dy", a.dy, a.shape.results());
    tensor("index", a.index, a.shape.results());
    tensor("dx", a.dx, a.shape.elements());
  }
  double flops() const { return 0; }
};

HEDDLE_OPERATION(reduce_sum_backward, ReduceSumBackwardArgs);
HEDDLE_OPERATION(reduce_max_backward, ReduceMaxBackwardArgs);

}  // namespace heddle
