// What a batch of a step says of the training: its loss and how many of its rows are right, added up on the device
// until the host reads them.
#pragma once

#include "kernels/optimizer/step_state.h"

namespace heddle {

struct StepFigures {
  double loss = 0;  // of all rows, summed
  i64 correct = 0;  // rows
};

/// figures += those of a batch. Where its loss is not finite, the state says so to gradient_norm. T is the type of
/// labels: i32 or i64.
template <class T>
struct StepFiguresArgs {
  i64 rows = 0;
  f32 const* loss = nullptr;       // [1]: the mean of the rows
  i64 const* predicted = nullptr;  // [rows]
  T const* labels = nullptr;       // [rows]
  StepFigures* figures = nullptr;  // [1]
  StepState* state = nullptr;      // [1]

  static void tensors(auto& a, auto&& tensor) {
    tensor("loss", a.loss, 1);
    tensor("predicted", a.predicted, a.rows);
    tensor("labels", a.labels, a.rows);
    tensor("figures", a.figures, 1, TensorUse{.updated = true});
    tensor("state", a.state, 1, TensorUse{.updated = true});
  }
  double flops() const { return 2; }

  constexpr i64 is_correct(i64 row) const { return predicted[row] == static_cast<i64>(labels[row]) ? 1 : 0; }
  /// With the rows that are right.
  constexpr void finish(i64 correct) const {
    bool const finite = *loss - *loss == 0;  // false for infinities and NaN
    figures->loss += static_cast<double>(rows) * static_cast<double>(*loss);
    figures->correct += correct;
    if (!finite) state->loss_finite = 0;
  }
};

HEDDLE_OPERATION(step_figures, StepFiguresArgs);

}  // namespace heddle
