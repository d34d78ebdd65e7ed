// The soft Dice loss of each sample, for segmentation (Milletari, Navab, Ahmadi 2016, "V-Net"), without the squares of
// that paper in the denominator:
//   loss = 1 - N / D,  N = 2 * sum p t + smoothing,  D = sum p + sum t + smoothing
// over the elements of a sample, with predictions p and targets t. Where D is 0, nothing being predicted or wanted, the
// loss and its gradient are 0.
#pragma once

#include "kernels/core/operation.h"
#include "kernels/core/workspace.h"

namespace heddle {

struct DiceOptions {
  f32 smoothing = 1;   // not negative
  bool logits = true;  // p = 1 / (1 + exp(-x)), else x itself
};

/// Bytes of scratch that the kernel needs: three partial sums a block.
std::size_t dice_loss_workspace_bytes(i64 rows, i64 elements);

template <class T>
struct DiceLossForwardArgs {
  DiceOptions options = {};
  i64 rows = 0, elements = 0;  // samples, and elements of each
  T const* x = nullptr;        // [rows, elements]
  T const* target = nullptr;   // [rows, elements]
  f32* loss = nullptr;         // [rows]
  f32* sums = nullptr;         // [rows, 2]: N and D, for the way back
  Workspace workspace = {};    // of workspace_bytes(); unused on the CPU

  static void tensors(auto& a, auto&& tensor) {
    tensor("x", a.x, a.rows * a.elements);
    tensor("target", a.target, a.rows * a.elements);
    tensor("loss", a.loss, a.rows);
    tensor("sums", a.sums, 2 * a.rows);
  }
  /// Per element: 4, and 5 for a sigmoid.
  double flops() const {
    return (options.logits ? 9.0 : 4.0) * static_cast<double>(rows) * static_cast<double>(elements);
  }
  std::size_t workspace_bytes() const { return dice_loss_workspace_bytes(rows, elements); }
};

/// dx = dloss * (N - 2 t D) / D^2, times p (1 - p) of logits. The target is a constant.
template <class T>
struct DiceLossBackwardArgs {
  DiceOptions options = {};
  i64 rows = 0, elements = 0;
  f32 dloss = 1;              // the gradient of the loss of each sample
  T const* x = nullptr;       // [rows, elements]
  T const* target = nullptr;  // [rows, elements]
  f32 const* sums = nullptr;  // [rows, 2], of the forward pass
  T* dx = nullptr;            // [rows, elements]

  static void tensors(auto& a, auto&& tensor) {
    tensor("x", a.x, a.rows * a.elements);
    tensor("target", a.target, a.rows * a.elements);
    tensor("sums", a.sums, 2 * a.rows);
    tensor("dx", a.dx, a.rows * a.elements);
  }
  /// Per element: 2, and 7 for a sigmoid and its derivative.
  double flops() const {
    return (options.logits ? 9.0 : 2.0) * static_cast<double>(rows) * static_cast<double>(elements);
  }
};

HEDDLE_OPERATION(dice_loss_forward, DiceLossForwardArgs);
HEDDLE_OPERATION(dice_loss_backward, DiceLossBackwardArgs);

}  // namespace heddle
