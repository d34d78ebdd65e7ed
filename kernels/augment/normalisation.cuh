// The normalisation of image batches.
#pragma once

#include "kernels/augment/image_batch.h"
#include "kernels/augment/image_batch_config.h"
#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

/// From bytes to values: with factors in shared memory where channels are few, by the formula where they are not.
template <bool few_channels>
struct Normalisation {
  struct SharedStorage {
    f32 scale[few_channels ? staged_channels : 1], shift[few_channels ? staged_channels : 1];
  };

  /// Each thread of the block for a channel; before a barrier.
  template <class T>
  HEDDLE_DEVICE static void prepare(ImageBatchArgs<T> const& a, SharedStorage& shared) {
    int const k = static_cast<int>(threadIdx.x);
    if (!few_channels || k >= a.c) return;
    shared.scale[k] = 1.0f / (255.0f * a.deviation[k]);
    shared.shift[k] = -a.mean[k] / a.deviation[k];
  }

  template <class T>
  HEDDLE_DEVICE static f32 value(ImageBatchArgs<T> const& a, SharedStorage const& shared, f32 byte, i32 k) {
    if constexpr (few_channels)
      return byte * shared.scale[k] + shared.shift[k];
    else
      return (byte / 255.0f - a.mean[k]) / a.deviation[k];
  }
};

}  // namespace heddle::HEDDLE_BACKEND
