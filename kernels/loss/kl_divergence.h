// Kullback-Leibler divergence of softmax with a temperature, as distillation uses it (Hinton, Vinyals, Dean 2015, arXiv
// 1503.02531): loss and gradient in one pass.
#pragma once

#include "kernels/core/operation.h"

namespace heddle {

/// Per row, with p = softmax(teacher / temperature), q = softmax(student / temperature):
/// loss = temperature^2 * sum_j p_j * log(p_j / q_j),  dstudent = dloss * temperature * (q - p).
/// The teacher is a constant. A class to which the teacher gives probability 0 has no share in the loss.
template <class T>
struct KlDivergenceArgs {
  i64 rows = 0, classes = 0;
  f32 temperature = 1;
  f32 dloss = 1;               // the gradient of each loss
  T const* student = nullptr;  // [rows, classes], logits
  T const* teacher = nullptr;  // [rows, classes], logits
  f32* loss = nullptr;         // [rows]
  T* dstudent = nullptr;       // [rows, classes], or null

  static void tensors(auto& a, auto&& tensor) {
    tensor("student", a.student, a.rows * a.classes);
    tensor("teacher", a.teacher, a.rows * a.classes);
    tensor("loss", a.loss, a.rows);
    tensor("dstudent", a.dstudent, a.rows * a.classes, TensorUse{.optional = true});
  }
  /// Per element: 10 for both softmax, 6 for the loss, 4 for the gradient.
  double flops() const { return 20.0 * static_cast<double>(rows) * static_cast<double>(classes); }
};

HEDDLE_OPERATION(kl_divergence, KlDivergenceArgs);

}  // namespace heddle
