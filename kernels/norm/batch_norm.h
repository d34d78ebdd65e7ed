// Batch normalisation over all but the last dimension (Ioffe, Szegedy 2015).
// y = gamma * (x - mean) * rstd + beta, with mean and rstd = 1 / sqrt(variance + epsilon) per channel.
#pragma once

#include "kernels/core/cost.h"
#include "kernels/core/stream.h"
#include "kernels/core/types.h"

namespace heddle {

/// rows = n * h * w of an NHWC activation.
struct BatchNormShape {
  i64 rows = 0, channels = 0;
  friend bool operator==(BatchNormShape const&, BatchNormShape const&) = default;
};

/// Normalises with the statistics of this batch and moves the running ones towards them:
/// running = (1 - momentum) * running + momentum * batch, the variance unbiased (rows / (rows - 1)).
/// One row has variance 0, which the running one moves towards; no rows leave both running statistics as they are.
template <class T>
struct BatchNormTrainingArgs {
  BatchNormShape shape;
  f32 epsilon = 1e-5f;
  f32 momentum = 0.1f;
  T const* x = nullptr;             // [rows, channels]
  f32 const* gamma = nullptr;       // [channels]
  f32 const* beta = nullptr;        // [channels]
  T* y = nullptr;                   // [rows, channels]
  f32* mean = nullptr;              // [channels], of this batch, for the backward pass
  f32* rstd = nullptr;              // [channels], likewise
  f32* running_mean = nullptr;      // [channels], updated; null leaves it out
  f32* running_variance = nullptr;  // [channels], updated; null leaves it out
};

/// Normalises with the running statistics.
template <class T>
struct BatchNormInferenceArgs {
  BatchNormShape shape;
  f32 epsilon = 1e-5f;
  T const* x = nullptr;                   // [rows, channels]
  f32 const* gamma = nullptr;             // [channels]
  f32 const* beta = nullptr;              // [channels]
  f32 const* running_mean = nullptr;      // [channels]
  f32 const* running_variance = nullptr;  // [channels]
  T* y = nullptr;                         // [rows, channels]
};

/// dbeta = sum dy; dgamma = sum dy * xhat; dx = gamma * rstd * (dy - dbeta / rows - xhat * dgamma / rows).
template <class T>
struct BatchNormBackwardArgs {
  BatchNormShape shape;
  T const* x = nullptr;        // [rows, channels]
  T const* dy = nullptr;       // [rows, channels]
  f32 const* gamma = nullptr;  // [channels]
  f32 const* mean = nullptr;   // [channels], as the training pass wrote it
  f32 const* rstd = nullptr;   // [channels], likewise
  T* dx = nullptr;             // [rows, channels]
  f32* dgamma = nullptr;       // [channels]
  f32* dbeta = nullptr;        // [channels]
};

template <class T>
using BatchNormTrainingFn = void(BatchNormTrainingArgs<T> const&, Stream);
template <class T>
using BatchNormInferenceFn = void(BatchNormInferenceArgs<T> const&, Stream);
template <class T>
using BatchNormBackwardFn = void(BatchNormBackwardArgs<T> const&, Stream);

namespace cpu {
extern BatchNormTrainingFn<f32> batch_norm_training;
extern BatchNormInferenceFn<f32> batch_norm_inference;
extern BatchNormBackwardFn<f32> batch_norm_backward;
}  // namespace cpu

}  // namespace heddle
