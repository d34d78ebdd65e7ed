// Softmax cross-entropy of rows of logits, its loss and gradient in one pass.
#pragma once

#include "kernels/core/operation.h"

namespace heddle {

/// Per row: loss = -sum_j t_j * log_softmax(x)_j and dlogits = dloss * share * (softmax(x) * sum_j(t_j) - t), where the
/// target is t_j = weights_j * ((1 - smoothing) * s_j + smoothing / classes), and s is the row of `targets` (soft), or
/// one-hot of `labels`; exactly one of these is given, unless there are no rows. A class with target 0 has no share in
/// the loss, even when its logit is -infinity. A row whose label is `ignored_label` has loss 0 and gradient 0.
///
/// A label outside [0, classes) is an Error on the CPU, which names row and value; a kernel cannot throw, and gives
/// that row the loss NaN and the gradient NaN.
template <class T>
struct CrossEntropyArgs {
  i64 rows = 0, classes = 0;
  f32 smoothing = 0;
  i32 ignored_label = -100;
  f32 dloss = 1;                 // the gradient of each loss
  f32 const* share = nullptr;    // [1]: what dloss is multiplied by, in the memory of the device; null: 1
  T const* logits = nullptr;     // [rows, classes]
  i32 const* labels = nullptr;   // [rows]
  f32 const* targets = nullptr;  // [rows, classes]
  f32 const* weights = nullptr;  // [classes], or null: all 1
  f32* loss = nullptr;           // [rows]
  T* dlogits = nullptr;          // [rows, classes], or null

  static void tensors(auto& a, auto&& tensor) {
    TensorUse const optional = {.optional = true};
    tensor("logits", a.logits, a.rows * a.classes);
    tensor("labels", a.labels, a.rows, optional);
    tensor("targets", a.targets, a.rows * a.classes, optional);
    tensor("weights", a.weights, a.classes, optional);
    tensor("share", a.share, 1, optional);
    tensor("loss", a.loss, a.rows);
    tensor("dlogits", a.dlogits, a.rows * a.classes, optional);
  }
  /// Per element: 3 for exp and its sum, 2 for the gradient; 5 for soft targets.
  double flops() const { return (targets ? 10.0 : 5.0) * static_cast<double>(rows) * static_cast<double>(classes); }
};

HEDDLE_OPERATION(cross_entropy, CrossEntropyArgs);

}  // namespace heddle
