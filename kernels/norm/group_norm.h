// Group normalisation (Wu, He 2018) of NHWC activations: over the rows of an image and the channels of a group.
//   y = activation(gamma * (x - mean) * rstd + beta),  rstd = 1 / sqrt(variance + epsilon) per image and group.
// As many groups as channels make it instance normalisation (Ulyanov et al. 2016); one group, layer normalisation over
// all of an image. A group with a NaN or an infinity among its x has NaN for all its results.
#pragma once

#include "kernels/core/activation.h"
#include "kernels/core/operation.h"
#include "kernels/core/workspace.h"

namespace heddle {

/// rows = h * w. `groups` divides the channels; each group is of neighbouring ones.
struct GroupNormShape {
  i64 images = 0, rows = 0, channels = 0, groups = 1;
  friend bool operator==(GroupNormShape const&, GroupNormShape const&) = default;

  i64 elements() const { return images * rows * channels; }
};

/// Bytes of scratch that both passes need on a device.
std::size_t group_norm_workspace_bytes(GroupNormShape const& shape, i64 element_bytes);

template <class T>
struct GroupNormForwardArgs {
  GroupNormShape shape;
  f32 epsilon = 1e-5f;
  Activation activation = Activation::none;
  T const* x = nullptr;        // [images, rows, channels]
  f32 const* gamma = nullptr;  // [channels]
  f32 const* beta = nullptr;   // [channels]
  T* y = nullptr;              // [images, rows, channels]
  f32* mean = nullptr;         // [images, groups], for the backward pass
  f32* rstd = nullptr;         // [images, groups], likewise
  Workspace workspace = {};    // of workspace_bytes(); unused on the CPU

  static void tensors(auto& a, auto&& tensor) {
    auto const& s = a.shape;
    tensor("x", a.x, s.elements());
    tensor("gamma", a.gamma, s.channels);
    tensor("beta", a.beta, s.channels);
    tensor("y", a.y, s.elements());
    tensor("mean", a.mean, s.images * s.groups);
    tensor("rstd", a.rstd, s.images * s.groups);
  }
  /// Per element: 4 for the statistics, 3 for y; the activation is left out.
  double flops() const { return 7.0 * static_cast<double>(shape.elements()); }
  /// For the partial sums of each chunk of rows.
  std::size_t workspace_bytes() const { return group_norm_workspace_bytes(shape, sizeof(T)); }
};

/// With xhat = (x - mean) * rstd, g = dy * activation'(gamma * xhat + beta) and means over image and group:
/// dx = rstd * (gamma * g - mean(gamma * g) - xhat * mean(gamma * g * xhat)); dgamma = sum of g * xhat and dbeta = sum
/// of g over images and rows.
template <class T>
struct GroupNormBackwardArgs {
  GroupNormShape shape;
  Activation activation = Activation::none;
  T const* x = nullptr;        // [images, rows, channels]
  T const* dy = nullptr;       // [images, rows, channels]
  f32 const* gamma = nullptr;  // [channels]
  f32 const* beta = nullptr;   // [channels]
  f32 const* mean = nullptr;   // [images, groups]
  f32 const* rstd = nullptr;   // [images, groups]
  T* dx = nullptr;             // [images, rows, channels]
  f32* dgamma = nullptr;       // [channels]
  f32* dbeta = nullptr;        // [channels]
  Workspace workspace = {};    // of workspace_bytes(); unused on the CPU

  static void tensors(auto& a, auto&& tensor) {
    auto const& s = a.shape;
    tensor("x", a.x, s.elements());
    tensor("dy", a.dy, s.elements());
    tensor("gamma", a.gamma, s.channels);
    tensor("beta", a.beta, s.channels);
    tensor("mean", a.mean, s.images * s.groups);
    tensor("rstd", a.rstd, s.images * s.groups);
    tensor("dx", a.dx, s.elements());
    tensor("dgamma", a.dgamma, s.channels);
    tensor("dbeta", a.dbeta, s.channels);
  }
  /// Per element: 4 for the sums, 5 for dx; the activation is left out.
  double flops() const { return 9.0 * static_cast<double>(shape.elements()); }
  /// For the partial sums of each chunk of rows.
  std::size_t workspace_bytes() const { return group_norm_workspace_bytes(shape, sizeof(T)); }
};

HEDDLE_OPERATION(group_norm_forward, GroupNormForwardArgs);
HEDDLE_OPERATION(group_norm_backward, GroupNormBackwardArgs);

}  // namespace heddle
