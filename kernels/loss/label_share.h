// How much a row counts in the mean of a loss of labelled rows.
#pragma once

#include "kernels/core/operation.h"

namespace heddle {

/// share = 1 / the sum of the weights of the labels that are not ignored, or 0 where that sum is. A label outside
/// [0, classes) weighs 1, as every label does without weights: its loss says what is wrong. Sums are of double
/// precision, in an order that depends on the sizes alone. T is f32.
template <class T>
struct LabelShareArgs {
  i64 rows = 0, classes = 0;
  i32 ignored_label = -100;
  i32 const* labels = nullptr;  // [rows]
  T const* weights = nullptr;   // [classes], or null: all 1
  T* share = nullptr;           // [1]

  static void tensors(auto& a, auto&& tensor) {
    tensor("labels", a.labels, a.rows);
    tensor("weights", a.weights, a.classes, TensorUse{.optional = true});
    tensor("share", a.share, 1);
  }
  double flops() const { return static_cast<double>(rows); }

  constexpr double weight(i64 row) const {
    i32 const label = labels[row];
    if (label == ignored_label) return 0;
    return weights != nullptr && label >= 0 && label < classes ? static_cast<double>(weights[label]) : 1.0;
  }
};

HEDDLE_OPERATION(label_share, LabelShareArgs);

}  // namespace heddle
