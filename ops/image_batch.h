// A normalised, augmented batch from uint8 images.
#pragma once

#include <span>

#include "kernels/augment/image_batch.h"
#include "ops/tensor.h"

namespace heddle::ops {

struct Normalization {
  Tensor mean, deviation;  // [c] f32, of values in [0, 1]
};

/// images [count, h, w, c] u8, index [n] i64 -> [n, h, w, c] of `type`: f32, f16 or bf16. See AugmentOptions and
/// ImageBatchArgs. The same choices on every device. `grey`, which contrast needs, is image_grey(images), made once.
Tensor image_batch(Tensor const& images, Tensor const& index, Normalization const& normalization,
                   AugmentOptions const& options, u64 seed, i64 epoch, DType type = DType::f32,
                   Tensor const& grey = {});

/// images [count, h, w, c] u8 of 1 or 3 channels -> the mean grey of each, [count] in f32, 0 to 255.
Tensor image_grey(Tensor const& images);

}  // namespace heddle::ops
