// Mixup and CutMix on a batch of pictures.
#pragma once

#include "kernels/augment/mix_batch.h"
#include "ops/tensor.h"

namespace heddle::ops {

struct MixedBatch {
  Tensor x;        // [n, h, w, c]
  Tensor targets;  // [n, classes] in f32, for cross_entropy_soft
};

/// x [n, h, w, c] in f32, f16 or bf16 and labels [n] i32 -> both mixed: see MixBatchArgs. `batch` is the number of the
/// batch in the whole training. The same choices and the same bits on every device. Not recorded by a Tape: throws an
/// Error when x requires a gradient. Throws an Error that names a label outside [0, classes); on a GPU that label has
/// no target.
MixedBatch mix_batch(Tensor const& x, Tensor const& labels, i64 classes, MixOptions const& options, u64 seed,
                     i64 batch);

}  // namespace heddle::ops
