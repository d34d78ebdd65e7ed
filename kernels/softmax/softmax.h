// Softmax and log-softmax of each row.
// With z = scale * x + bias, or -infinity where mask is 0:  softmax  y = exp(z) / sum(exp(z)),
// log-softmax  y = z - log(sum(exp(z))).
//
// A row whose z are all -infinity, as when all is masked, has softmax 0 and log-softmax -infinity, without NaN. Else
// infinities and NaN give what PyTorch gives.
#pragma once

#include "kernels/core/operation.h"

namespace heddle {

template <class T>
struct SoftmaxForwardArgs {
  i64 rows = 0, columns = 0;
  bool logarithm = false;  // log-softmax
  f32 scale = 1;
  i64 mask_rows = 1;         // of mask and bias: row i of x takes their row i % mask_rows
  T const* x = nullptr;      // [rows, columns]
  T const* bias = nullptr;   // [mask_rows, columns], or null
  u8 const* mask = nullptr;  // [mask_rows, columns], or null: 0 leaves an element out
  T* y = nullptr;            // [rows, columns]

  static void tensors(auto& a, auto&& tensor) {
    tensor("x", a.x, a.rows * a.columns);
    tensor("bias", a.bias, a.mask_rows * a.columns, TensorUse{.optional = true});
    tensor("mask", a.mask, a.mask_rows * a.columns, TensorUse{.optional = true});
    tensor("y", a.y, a.rows * a.columns);
  }
  /// Per element: 1 for z, 3 for exp and its sum, 1 for y.
  double flops() const { return 5.0 * static_cast<double>(rows) * static_cast<double>(columns); }
};

/// Softmax: dx = scale * y * (dy - sum(y * dy)); log-softmax: dx = scale * (dy - exp(y) * sum(dy)), but 0 where y is
/// -infinity. bias and mask are constants.
template <class T>
struct SoftmaxBackwardArgs {
  i64 rows = 0, columns = 0;
  bool logarithm = false;
  f32 scale = 1;
  T const* y = nullptr;   // [rows, columns]
  T const* dy = nullptr;  // [rows, columns]
  T* dx = nullptr;        // [rows, columns]

  static void tensors(auto& a, auto&& tensor) {
    tensor("y", a.y, a.rows * a.columns);
    tensor("dy", a.dy, a.rows * a.columns);
    tensor("dx", a.dx, a.rows * a.columns);
  }
  /// Per element: 2 for the sum, 3 for dx; log-softmax 1, and 4 with exp.
  double flops() const { return 5.0 * static_cast<double>(rows) * static_cast<double>(columns); }
};

HEDDLE_OPERATION(softmax_forward, SoftmaxForwardArgs);
HEDDLE_OPERATION(softmax_backward, SoftmaxBackwardArgs);

}  // namespace heddle
