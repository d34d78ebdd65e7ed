// Layer normalisation of each row (Ba, Kiros, Hinton 2016).
// y = gamma * (x - mean) * rstd + beta, with mean and rstd = 1 / sqrt(variance + epsilon) per row.
#pragma once

#include "kernels/core/operation.h"
#include "kernels/core/workspace.h"

namespace heddle {

struct LayerNormShape {
  i64 rows = 0, columns = 0;
  friend bool operator==(LayerNormShape const&, LayerNormShape const&) = default;
};

/// Bytes of scratch that the backward pass of a device needs.
std::size_t layer_norm_backward_workspace_bytes(LayerNormShape const& shape);

template <class T>
struct LayerNormForwardArgs {
  LayerNormShape shape;
  f32 epsilon = 1e-5f;
  T const* x = nullptr;        // [rows, columns]
  f32 const* gamma = nullptr;  // [columns]
  f32 const* beta = nullptr;   // [columns]
  T* y = nullptr;              // [rows, columns]
  f32* mean = nullptr;         // [rows], for the backward pass
  f32* rstd = nullptr;         // [rows], likewise

  static void tensors(auto& a, auto&& tensor) {
    auto const [rows, columns] = a.shape;
    tensor("x", a.x, rows * columns);
    tensor("gamma", a.gamma, rows == 0 ? 0 : columns);
    tensor("beta", a.beta, rows == 0 ? 0 : columns);
    tensor("y", a.y, rows * columns);
    tensor("mean", a.mean, rows);
    tensor("rstd", a.rstd, rows);
  }
  /// Per element: 1 for the mean, 3 for the variance, 4 for y.
  double flops() const { return 8.0 * static_cast<double>(shape.rows) * static_cast<double>(shape.columns); }
};

/// With g = gamma * dy and xhat = (x - mean) * rstd, per row:
/// dx = rstd * (g - mean(g) - xhat * mean(g * xhat)); dgamma = sum over rows of dy * xhat; dbeta = sum of dy.
template <class T>
struct LayerNormBackwardArgs {
  LayerNormShape shape;
  T const* x = nullptr;        // [rows, columns]
  T const* dy = nullptr;       // [rows, columns]
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
    tensor("gamma", a.gamma, rows == 0 ? 0 : columns);
    tensor("mean", a.mean, columns == 0 ? 0 : rows);
    tensor("rstd", a.rstd, columns == 0 ? 0 : rows);
    tensor("dx", a.dx, rows * columns);
    tensor("dgamma", a.dgamma, columns);
    tensor("dbeta", a.dbeta, columns);
  }
  /// Per element: 3 for g and xhat, 3 for their sums, 4 for dx, 3 for dgamma and dbeta.
  double flops() const { return 13.0 * static_cast<double>(shape.rows) * static_cast<double>(shape.columns); }
  /// For the partial sums of dgamma and dbeta, one of each a block.
  std::size_t workspace_bytes() const { return layer_norm_backward_workspace_bytes(shape); }
};

HEDDLE_OPERATION(layer_norm_forward, LayerNormForwardArgs);
HEDDLE_OPERATION(layer_norm_backward, LayerNormBackwardArgs);

}  // namespace heddle
