// Layer normalisation of each row (Ba, Kiros, Hinton 2016).
// y = gamma * (x - mean) * rstd + beta, with mean and rstd = 1 / sqrt(variance + epsilon) per row.
#pragma once

#include "kernels/core/cost.h"
#include "kernels/core/stream.h"
#include "kernels/core/types.h"
#include "kernels/core/workspace.h"

namespace heddle {

struct LayerNormShape {
  i64 rows = 0, columns = 0;
  friend bool operator==(LayerNormShape const&, LayerNormShape const&) = default;
};

template <class T>
struct LayerNormForwardArgs {
  LayerNormShape shape;
  f32 epsilon = 1e-5f;
  T const* x = nullptr;        // [rows, columns]
  f32 const* gamma = nullptr;  // [columns]
  f32 const* beta = nullptr;   // [columns]
  T* y = nullptr;              // [rows, columns]
  f32* mean = nullptr;         // [rows], for the backward pass
  f32* rstd = nullptr;         // [rows], likewise
};

/// With g = gamma * dy and xhat = (x - mean) * rstd, per row:
/// dx = rstd * (g - mean(g) - xhat * mean(g * xhat)); dgamma = sum over rows of dy * xhat; dbeta = sum of dy.
template <class T>
struct LayerNormBackwardArgs {
  LayerNormShape shape;
  T const* x = nullptr;        // [rows, columns]
  T const* dy = nullptr;       // [rows, columns]
  f32 const* gamma = nullptr;  // [columns]
  f32 const* mean = nullptr;   // [rows]
  f32 const* rstd = nullptr;   // [rows]
  T* dx = nullptr;             // [rows, columns]
  f32* dgamma = nullptr;       // [columns]
  f32* dbeta = nullptr;        // [columns]
  Workspace workspace;         // at least layer_norm_backward_workspace_bytes(shape); unused on the CPU
};

template <class T>
using LayerNormForwardFn = void(LayerNormForwardArgs<T> const&, Stream);
template <class T>
using LayerNormBackwardFn = void(LayerNormBackwardArgs<T> const&, Stream);

/// Operations and bytes of one pass; `element_bytes` is the size of T.
Cost layer_norm_forward_cost(LayerNormShape const& shape, i64 element_bytes);
Cost layer_norm_backward_cost(LayerNormShape const& shape, i64 element_bytes);

/// Bytes of scratch that the device backward pass needs for its per-block partial sums.
std::size_t layer_norm_backward_workspace_bytes(LayerNormShape const& shape);

namespace cpu {
extern LayerNormForwardFn<f32> layer_norm_forward;
extern LayerNormBackwardFn<f32> layer_norm_backward;
}  // namespace cpu

namespace cuda {
extern LayerNormForwardFn<f32> layer_norm_forward;
extern LayerNormForwardFn<f16> layer_norm_forward;
extern LayerNormForwardFn<bf16> layer_norm_forward;
extern LayerNormBackwardFn<f32> layer_norm_backward;
extern LayerNormBackwardFn<f16> layer_norm_backward;
extern LayerNormBackwardFn<bf16> layer_norm_backward;
}  // namespace cuda

namespace emulated {
extern LayerNormForwardFn<f32> layer_norm_forward;
extern LayerNormForwardFn<f16> layer_norm_forward;
extern LayerNormForwardFn<bf16> layer_norm_forward;
extern LayerNormBackwardFn<f32> layer_norm_backward;
extern LayerNormBackwardFn<f16> layer_norm_backward;
extern LayerNormBackwardFn<bf16> layer_norm_backward;
}  // namespace emulated

}  // namespace heddle
