// Softmax cross-entropy of rows of logits, forward and backward in one pass.
#pragma once

#include "kernels/core/cost.h"
#include "kernels/core/stream.h"
#include "kernels/core/types.h"

namespace heddle {

/// Per row: loss = -sum_j t_j * log_softmax(x)_j and dlogits = softmax(x) * sum_j(t_j) - t, where the target t is
/// either `targets` (soft), or one-hot of `labels`; both are smoothed: t = (1 - smoothing) * t + smoothing / classes.
/// A row whose label is `ignored_label` has loss 0 and gradient 0. Exactly one of labels and targets is given.
/// Throws an Error that names row and value for a label outside [0, classes).
template <class T>
struct CrossEntropyArgs {
  i64 rows = 0, classes = 0;
  f32 smoothing = 0;
  i32 ignored_label = -100;
  T const* logits = nullptr;     // [rows, classes]
  i32 const* labels = nullptr;   // [rows]
  f32 const* targets = nullptr;  // [rows, classes]
  f32* loss = nullptr;           // [rows]
  T* dlogits = nullptr;          // [rows, classes], or null
};

template <class T>
using CrossEntropyFn = void(CrossEntropyArgs<T> const&, Stream);

namespace cpu {
extern CrossEntropyFn<f32> cross_entropy;
}

}  // namespace heddle
