// Softmax cross-entropy, averaged over the rows that are not ignored.
#pragma once

#include "ops/tensor.h"

namespace heddle::ops {

struct CrossEntropyOptions {
  f32 smoothing = 0;
  i32 ignored_label = -100;
  Tensor weights = {};  // of the classes: [classes] in f32; undefined: all 1
};

/// logits [rows, classes] in f32, f16 or bf16, labels [rows] i32 -> the mean loss, an f32 tensor of shape []. With
/// weights, rows count in the mean by the weight of their label. With every row ignored, 0. Throws an Error that names
/// row and value for a label outside [0, classes); on a GPU the loss is NaN.
Tensor cross_entropy(Tensor const& logits, Tensor const& labels, CrossEntropyOptions const& options = {});
/// The same with soft targets [rows, classes] in f32; the mean is over all rows.
Tensor cross_entropy_soft(Tensor const& logits, Tensor const& targets, CrossEntropyOptions const& options = {});

}  // namespace heddle::ops
