// Root mean square normalisation of each row (Zhang, Sennrich 2019).
// y = gamma * x * rstd, with rstd = 1 / sqrt(mean(x^2) + epsilon) per row.
#pragma once

#include "kernels/core/operation.h"
#include "kernels/core/workspace.h"
#include "kernels/norm/row_norm_shape.h"

namespace heddle {

/// With a residual, h = x + residual, rounded to T, takes the place of x, and is written to `sum`.
template <class T>
struct RmsNormForwardArgs {
  RowNormShape shape;
  f32 epsilon = 1e-6f;
  T const* x = nullptr;         // [rows, columns]
  T const* residual = nullptr;  // [rows, columns]; null for none
  f32 const* gamma = nullptr;   // [columns]
  T* sum = nullptr;             // [rows, columns]; null without residual
  T* y = nullptr;               // [rows, columns]
  f32* rstd = nullptr;          // [rows], for the backward pass

  static void tensors(auto& a, auto&& tensor) {
    auto const [rows, columns] = a.shape;
    tensor("x", a.x, rows * columns);
    tensor("residual", a.residual, rows * columns, TensorUse{.optional = true});
    tensor("gamma", a.gamma, rows == 0 ? 0 : columns);
    tensor("sum", a.sum, rows * columns, TensorUse{.optional = true});
    tensor("y", a.y, rows * columns);
    tensor("rstd", a.rstd, rows);
  }
  /// Per element: 2 for the mean square, 2 for y.
  double flops() const { return 4.0 * static_cast<double>(shape.rows) * static_cast<double>(shape.columns); }
};

/// With g = gamma * dy and xhat = x * rstd, per row:
/// dx = rstd * (g - xhat * mean(g * xhat)) + dsum; dgamma = sum over rows of dy * xhat.
/// Where there was a residual, x is `sum`, dx is the gradient of both, and dsum is what reached `sum` by another way.
template <class T>
struct RmsNormBackwardArgs {
  RowNormShape shape;
  T const* x = nullptr;        // [rows, columns]
  T const* dy = nullptr;       // [rows, columns]
  T const* dsum = nullptr;     // [rows, columns]; null for none
  f32 const* gamma = nullptr;  // [columns]
  f32 const* rstd = nullptr;   // [rows]
  T* dx = nullptr;             // [rows, columns]
  f32* dgamma = nullptr;       // [columns]
  Workspace workspace;         // of workspace_bytes(); unused on the CPU

  static void tensors(auto& a, auto&& tensor) {
    auto const [rows, columns] = a.shape;
    tensor("x", a.x, rows * columns);
    tensor("dy", a.dy, rows * columns);
    tensor("dsum", a.dsum, rows * columns, TensorUse{.optional = true});
    tensor("gamma", a.gamma, rows == 0 ? 0 : columns);
    tensor("rstd", a.rstd, columns == 0 ? 0 : rows);
    tensor("dx", a.dx, rows * columns);
    tensor("dgamma", a.dgamma, columns);
  }
  /// Per element: 2 for g and xhat, 2 for their sum, 3 for dx, 2 for dgamma.
  double flops() const { return 9.0 * static_cast<double>(shape.rows) * static_cast<double>(shape.columns); }
  std::size_t workspace_bytes() const { return row_norm_backward_workspace_bytes(shape, 1); }
};

HEDDLE_OPERATION(rms_norm_forward, RmsNormForwardArgs);
HEDDLE_OPERATION(rms_norm_backward, RmsNormBackwardArgs);

}  // namespace heddle
