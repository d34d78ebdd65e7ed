// Softmax cross-entropy, averaged over the rows that are not ignored.
#pragma once

#include "ops/tensor.h"

namespace heddle::ops {

struct CrossEntropyOptions {
  f32 smoothing = 0;
  i32 ignored_label = -100;
};

/// logits [rows, classes] f32, labels [rows] i32 -> the mean loss, a tensor of shape []. With every row ignored, 0.
Tensor cross_entropy(Tensor const& logits, Tensor const& labels, CrossEntropyOptions const& options = {});
/// The same with soft targets [rows, classes] in f32.
Tensor cross_entropy_soft(Tensor const& logits, Tensor const& targets, CrossEntropyOptions const& options = {});

}  // namespace heddle::ops
