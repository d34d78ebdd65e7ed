// Layer normalisation of each row (Ba, Kiros, Hinton 2016).
// y = gamma * (x - mean) * rstd + beta, with mean and rstd = 1 / sqrt(variance + epsilon) per row.
#pragma once

#include "kernels/core/operation.h"
#include "kernels/core/workspace.h"
#include "kernels/norm/row_norm_shape.h"

namespace heddle {

/// With a residual, h = x + residual, rounded to T, takes the place of x, and is written to `sum`.
template <class T>
struct LayerNormForwardArgs {
  RowNormShape shape;
  f32 epsilon = 1e-5f;
  T const* x = nullptr;         // [rows, columns]
  T const* residual = nullptr;  // [rows, columns]; null for none
  f32 const* gamma = nullptr;   // [columns]
  f32 const* beta = nullptr;    // [columns]
  T* sum = nullptr;             // [rows, columns]; null without residual
  T* y = nullptr;               // [rows, columns]
  f32* mean = nullptr;          // [rows], for the backward pass
  f32* rstd = nullptr;          // [rows], likewise

  static void tensors(auto& a, auto&& tensor) {
    auto const [rows, columns] = a.shape;
    tensor("x", a.x, rows * columns);
    tensor("residual", a.residual, rows * columns, TensorUse{.optional = true});
    tensor("gamma", a.gamma, rows == 0 ? 0 : columns);
    tensor("beta", a.beta, rows == 0 ? 0 : columns);
    tensor("sum", a.sum, rows * columns, TensorUse{.optional = true});
    tensor("y", a.y, rows * columns);
    tensor("mean", a.mean, rows);
    tensor("rstd", a.rstd, rows);
  }
  /// Per element: 1 for the mean, 3 for the variance, 4 for y.
  double flops() const { return 8.0 * static_cast<double>(shape.rows) * static_cast<double>(shape.columns); }
};

/// With g = gamma * dy and xhat = (x - mean) * rstd, per row:
/// dx = rstd * (g - mean(g) - xhat * mean(g * xhat)) + dsum; dgamma = sum over rows of dy * xhat; dbeta = sum of dy.
/// Where there was a residual, x is `sum`, dx is the gradient of both, and dsum is what reached `sum` by another way.
template <class T>
struct LayerNormBackwardArgs {
  RowNormShape shape;
  T const* x = nullptr;        // [rows, columns]
  T const* dy = nullptr;       // [rows, columns]
  T const* dsum = nullptr;     // [rows, columns]; null for none
  f32 const* gamma = nullptr;  // [columns]
  f32 const* mean = nullptr;   // [rows]
  f32 const* rstd = nullptr;   // [rows]
  T* dx = nullptr;             // [rows, columns]
  f32* dgamma = nullptr;       // [columns]
  f32* dbeta = nullptr;        // [columns]
  Workspace workspace;         // of workspace_bytes(); unused on the CPU

  static void tensors(auto& a, auto&& tensor) {
    auto const [rows, columns] = a.shape;
    tensor("x", a.x, rows * columns);
    tensor("dy", a.dy, rows * columns);
    tensor("dsum", a.dsum, rows * columns, TensorUse{.optional = true});
    tensor("gamma", a.gamma, rows == 0 ? 0 : columns);
    tensor("mean", a.mean, columns == 0 ? 0 : rows);
    tensor("rstd", a.rstd, columns == 0 ? 0 : rows);
    tensor("dx", a.dx, rows * columns);
    tensor("dgamma", a.dgamma, columns);
    tensor("dbeta", a.dbeta, columns);
  }
  /// Per element: 3 for g and xhat, 3 for their sums, 4 for dx, 3 for dgamma and dbeta.
  double flops() const { return 13.0 * static_cast<double>(shape.rows) * static_cast<double>(shape.columns); }
  std::size_t workspace_bytes() const { return row_norm_backward_workspace_bytes(shape, 2); }
};

HEDDLE_OPERATION(layer_norm_forward, LayerNormForwardArgs);
HEDDLE_OPERATION(layer_norm_backward, LayerNormBackwardArgs);

}  // namespace heddle
