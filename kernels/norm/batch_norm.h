// Batch normalisation over all but the last dimension (Ioffe, Szegedy 2015), with what follows it in a residual
// network:
//   y = activation(gamma * (x - mean) * rstd + beta + residual),  rstd = 1 / sqrt(variance + epsilon) per channel.
// A channel with a NaN or an infinity among its x has NaN for all its results.
#pragma once

#include "kernels/core/activation.h"
#include "kernels/core/math.h"
#include "kernels/core/operation.h"
#include "kernels/core/workspace.h"

namespace heddle {

/// rows = n * h * w of an NHWC activation.
struct BatchNormShape {
  i64 rows = 0, channels = 0;
  friend bool operator==(BatchNormShape const&, BatchNormShape const&) = default;

  i64 elements() const { return rows * channels; }
};

/// Bytes of scratch that the passes over a batch need on a device.
std::size_t batch_norm_workspace_bytes(BatchNormShape const& shape, i64 element_bytes);

/// Normalises with the statistics of this batch and moves the running ones towards them:
/// running = (1 - momentum) * running + momentum * batch, the variance unbiased (rows / (rows - 1)).
/// One row has variance 0, which the running one moves towards; no rows leave both running statistics as they are.
template <class T>
struct BatchNormTrainingArgs {
  BatchNormShape shape;
  f32 epsilon = 1e-5f;
  f32 momentum = 0.1f;
  Activation activation = Activation::none;
  T const* x = nullptr;             // [rows, channels]
  f32 const* gamma = nullptr;       // [channels]
  f32 const* beta = nullptr;        // [channels]
  T const* residual = nullptr;      // [rows, channels]; null adds nothing
  T* y = nullptr;                   // [rows, channels]
  u8* positive = nullptr;           // [ceil(rows * channels / 8)], bit i % 8 of byte i / 8: not y[i] <= 0; may be null
  f32* mean = nullptr;              // [channels], of this batch, for the backward pass
  f32* rstd = nullptr;              // [channels], likewise
  f32* running_mean = nullptr;      // [channels], updated; null leaves it out
  f32* running_variance = nullptr;  // [channels], updated; null leaves it out
  Workspace workspace = {};         // of workspace_bytes(); unused on the CPU

  static void tensors(auto& a, auto&& tensor) {
    i64 const elements = a.shape.elements(), channels = a.shape.channels;
    tensor("x", a.x, elements);
    tensor("gamma", a.gamma, channels);
    tensor("beta", a.beta, channels);
    tensor("residual", a.residual, elements, {.optional = true});
    tensor("y", a.y, elements);
    tensor("positive", a.positive, ceil_div<i64>(elements, 8), {.optional = true});
    tensor("mean", a.mean, channels);
    tensor("rstd", a.rstd, channels);
    tensor("running_mean", a.running_mean, channels, {.updated = true, .optional = true});
    tensor("running_variance", a.running_variance, channels, {.updated = true, .optional = true});
  }
  /// Per element: 4 for the statistics, 3 for y; the activation is left out.
  double flops() const { return 7.0 * static_cast<double>(shape.elements()); }
  /// For the partial sums of each chunk of rows.
  std::size_t workspace_bytes() const { return batch_norm_workspace_bytes(shape, sizeof(T)); }
};

/// Normalises with the running statistics.
template <class T>
struct BatchNormInferenceArgs {
  BatchNormShape shape;
  f32 epsilon = 1e-5f;
  Activation activation = Activation::none;
  T const* x = nullptr;                   // [rows, channels]
  f32 const* gamma = nullptr;             // [channels]
  f32 const* beta = nullptr;              // [channels]
  f32 const* running_mean = nullptr;      // [channels]
  f32 const* running_variance = nullptr;  // [channels]
  T const* residual = nullptr;            // [rows, channels]; null adds nothing
  T* y = nullptr;                         // [rows, channels]

  static void tensors(auto& a, auto&& tensor) {
    i64 const elements = a.shape.elements(), channels = a.shape.channels;
    tensor("x", a.x, elements);
    tensor("gamma", a.gamma, channels);
    tensor("beta", a.beta, channels);
    tensor("running_mean", a.running_mean, channels);
    tensor("running_variance", a.running_variance, channels);
    tensor("residual", a.residual, elements, {.optional = true});
    tensor("y", a.y, elements);
  }
  double flops() const { return 3.0 * static_cast<double>(shape.elements()); }
};

/// The training pass. With xhat = (x - mean) * rstd and g = dy * activation'(gamma * xhat + beta + residual):
/// dbeta = sum g; dgamma = sum g * xhat; dx = gamma * rstd * (g - dbeta / rows - xhat * dgamma / rows); dresidual = g.
template <class T>
struct BatchNormBackwardArgs {
  BatchNormShape shape;
  Activation activation = Activation::none;
  T const* x = nullptr;          // [rows, channels]
  T const* dy = nullptr;         // [rows, channels]
  f32 const* gamma = nullptr;    // [channels]
  f32 const* beta = nullptr;     // [channels]
  f32 const* mean = nullptr;     // [channels], as the training pass wrote it
  f32 const* rstd = nullptr;     // [channels], likewise
  T const* residual = nullptr;   // [rows, channels], as in the training pass; not needed where `positive` is given
  u8 const* positive = nullptr;  // [ceil(rows * channels / 8)], relu only: as the training pass wrote it; may be null
  T* dx = nullptr;               // [rows, channels]
  f32* dgamma = nullptr;         // [channels]
  f32* dbeta = nullptr;          // [channels]
  T* dresidual = nullptr;        // [rows, channels]; null leaves it out
  Workspace workspace = {};      // of workspace_bytes(); unused on the CPU

  static void tensors(auto& a, auto&& tensor) {
    i64 const elements = a.shape.elements(), channels = a.shape.channels;
    tensor("x", a.x, elements);
    tensor("dy", a.dy, elements);
    tensor("gamma", a.gamma, channels);
    tensor("beta", a.beta, channels);
    tensor("mean", a.mean, channels);
    tensor("rstd", a.rstd, channels);
    tensor("residual", a.residual, elements, {.optional = true});
    tensor("positive", a.positive, ceil_div<i64>(elements, 8), {.optional = true});
    tensor("dx", a.dx, elements);
    tensor("dgamma", a.dgamma, channels);
    tensor("dbeta", a.dbeta, channels);
    tensor("dresidual", a.dresidual, elements, {.optional = true});
  }
  /// Per element: 4 for the sums, 5 for dx; the activation is left out.
  double flops() const { return 9.0 * static_cast<double>(shape.elements()); }
  /// For the partial sums of each chunk of rows.
  std::size_t workspace_bytes() const { return batch_norm_workspace_bytes(shape, sizeof(T)); }
};

HEDDLE_OPERATION(batch_norm_training, BatchNormTrainingArgs);
HEDDLE_OPERATION(batch_norm_inference, BatchNormInferenceArgs);
HEDDLE_OPERATION(batch_norm_backward, BatchNormBackwardArgs);

}  // namespace heddle
