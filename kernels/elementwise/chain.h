// A chain of elementwise steps in one pass over memory, any of which may be left out:
//   y[i, j] = residual[i, j] + dropout(activation(x[i, j] + bias[j]))
#pragma once

#include "kernels/core/activation.h"
#include "kernels/core/dropout.h"
#include "kernels/core/operation.h"
#include "kernels/core/workspace.h"

namespace heddle {

/// Bytes of scratch for the sums of dbias on a device.
std::size_t chain_backward_workspace_bytes(i64 rows, i64 columns);

template <class T>
struct ChainForwardArgs {
  i64 rows = 0, columns = 0;
  Activation activation = Activation::none;
  Dropout dropout = {};
  T const* x = nullptr;         // [rows, columns]
  T const* bias = nullptr;      // [columns]; null: none
  T const* residual = nullptr;  // [rows, columns]; null: none
  T* y = nullptr;               // [rows, columns]; may be x or residual

  static void tensors(auto& a, auto&& tensor) {
    tensor("x", a.x, a.rows * a.columns);
    tensor("bias", a.bias, a.rows == 0 ? 0 : a.columns, TensorUse{.optional = true});
    tensor("residual", a.residual, a.rows * a.columns, TensorUse{.optional = true});
    tensor("y", a.y, a.rows * a.columns);
  }
  /// Per element: 1 for each step, an activation as one.
  double flops() const { return 4.0 * static_cast<double>(rows) * static_cast<double>(columns); }
};

/// With g = dropout(dy):  dx = g * activation'(x + bias);  dbias[j] = sum over i of dx[i, j], of the dx that are not
/// yet rounded to T. The gradient of the residual is dy.
template <class T>
struct ChainBackwardArgs {
  i64 rows = 0, columns = 0;
  Activation activation = Activation::none;
  Dropout dropout = {};      // that of the forward pass
  T const* x = nullptr;      // [rows, columns]; null without an activation; for relu alone, y serves as well
  T const* bias = nullptr;   // [columns]; null: none
  T const* dy = nullptr;     // [rows, columns]
  T* dx = nullptr;           // [rows, columns]; may be dy; null: not wanted
  T* dbias = nullptr;        // [columns]; null: not wanted
  Workspace workspace = {};  // of workspace_bytes(); unused on the CPU

  static void tensors(auto& a, auto&& tensor) {
    tensor("x", a.x, a.rows * a.columns, TensorUse{.optional = a.activation == Activation::none});
    tensor("bias", a.bias, a.rows == 0 ? 0 : a.columns, TensorUse{.optional = true});
    tensor("dy", a.dy, a.rows * a.columns);
    tensor("dx", a.dx, a.rows * a.columns, TensorUse{.optional = true});
    tensor("dbias", a.dbias, a.columns, TensorUse{.optional = true});
  }
  /// Per element: 1 for each step, an activation as one.
  double flops() const { return 4.0 * static_cast<double>(rows) * static_cast<double>(columns); }
  std::size_t workspace_bytes() const { return dbias == nullptr ? 0 : chain_backward_workspace_bytes(rows, columns); }
};

HEDDLE_OPERATION(chain_forward, ChainForwardArgs);
HEDDLE_OPERATION(chain_backward, ChainBackwardArgs);

}  // namespace heddle
