// Mixup and CutMix on a batch, with the soft labels that fit the cross-entropy with targets.
#pragma once

#include "kernels/augment/mix_choice.h"
#include "kernels/core/operation.h"

namespace heddle {

/// With j the partner of picture i, and what mix_choice.h drew for the batch:
///   y[i] = v x[i] + (1 - v) x[j], and x[j] within the box
///   targets[i][k] = l [k = labels[i]] + (1 - l) [k = labels[j]]
/// v x[i] + (1 - v) x[j] is rounded after (1 - v) x[j] and at the end, on every device: they give the same bits.
template <class T>
struct MixBatchArgs {
  i64 n = 0, h = 0, w = 0, c = 0;
  i64 classes = 0;
  MixOptions options = {};
  u64 seed = 0;
  i64 batch = 0;                // its number in the whole training
  T const* x = nullptr;         // [n, h, w, c]
  i32 const* labels = nullptr;  // [n], each in [0, classes)
  T* y = nullptr;               // [n, h, w, c], not x
  f32* targets = nullptr;       // [n, classes]

  static void tensors(auto& a, auto&& tensor) {
    i64 const size = a.n * a.h * a.w * a.c;
    tensor("x", a.x, size);
    tensor("labels", a.labels, a.n);
    tensor("y", a.y, size);
    tensor("targets", a.targets, a.n * a.classes);
  }
  /// A product and a multiply-add for each value, where values are averaged.
  double flops() const { return 3.0 * static_cast<double>(n) * static_cast<double>(h * w * c); }
};

/// The CPU also refuses a label outside of [0, classes); elsewhere, where the host does not see it, its targets are
/// those of the other label alone, times its weight.
HEDDLE_OPERATION(mix_batch, MixBatchArgs);

}  // namespace heddle
