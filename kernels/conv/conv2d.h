// Two-dimensional convolution (cross-correlation, as in every framework): activations NHWC, filters KRSC.
#pragma once

#include "kernels/conv/conv_choice.h"
#include "kernels/core/epilogue.h"
#include "kernels/core/math.h"
#include "kernels/core/operation.h"
#include "kernels/core/padding.h"
#include "kernels/core/workspace.h"

namespace heddle {

struct Conv2dShape {
  i64 n = 0, h = 0, w = 0, c = 0;  // input
  i64 k = 0, r = 1, s = 1;         // filters: k of r x s x (c / groups)
  i64 stride_h = 1, stride_w = 1;
  i64 dilation_h = 1, dilation_w = 1;
  Padding2d padding = {};
  i64 groups = 1;

  /// Output height and width.
  constexpr i64 p() const { return (h + padding.top + padding.bottom - dilation_h * (r - 1) - 1) / stride_h + 1; }
  constexpr i64 q() const { return (w + padding.left + padding.right - dilation_w * (s - 1) - 1) / stride_w + 1; }
  constexpr i64 input_count() const { return n * h * w * c; }
  constexpr i64 filter_count() const { return k * r * s * (c / groups); }
  constexpr i64 output_count() const { return n * p() * q() * k; }
  /// Multiply-adds of one direction, taps on padding included.
  constexpr i64 macs() const { return output_count() * r * s * (c / groups); }

  friend bool operator==(Conv2dShape const&, Conv2dShape const&) = default;
};

/// Into how many parts the pixels of dy are cut, whose gradients of the filters are added up in their order. It depends
/// on the shape alone, so that a card's size does not show in the result.
i64 backward_filter_parts(Conv2dShape const& shape);

/// The gradients of parts in f32 that the workspace has room for: the most that any kernel leaves there.
i64 partial_filter_gradients(Conv2dShape const& shape);

/// Throws an Error that names the values unless sizes are non-negative, strides, dilations and groups positive,
/// groups divide c and k, and the dilated filter fits into the padded input.
void check_shape(Conv2dShape const& shape);

/// The most blocks of pixels whose sums of channels come together before they are added up: each has 64 pixels or more,
/// or ends those of a phase of the stride.
constexpr i64 most_row_blocks(i64 pixels, i64 phases) { return ceil_div<i64>(pixels, 64) + phases - 1; }

/// y = epilogue(x convolved with the filters), where rows are pixels and columns channels; sums in f32.
template <class T>
struct Conv2dForwardArgs {
  Conv2dShape shape;
  T const* x = nullptr;       // [n, h, w, c]
  T const* filter = nullptr;  // [k, r, s, c / groups]
  T* y = nullptr;             // [n, p, q, k]
  Epilogue<T> epilogue = {};  // of [n p q, k]
  bool tf32 = false;          // operands of f32 may lose all but 10 bits of their mantissa: for the matrix unit
  Workspace workspace = {};   // of workspace_bytes(); unused on the CPU
  ConvChoice choice = {};     // forces a kernel, which must take the convolution; unused on the CPU

  static void tensors(auto& a, auto&& tensor) {
    tensor("x", a.x, a.shape.input_count());
    tensor("filter", a.filter, a.shape.filter_count());
    tensor("y", a.y, a.shape.output_count());
    Epilogue<T>::tensors(a.epilogue, a.shape.k, a.shape.output_count(), tensor);
  }
  std::size_t workspace_bytes() const;
  double flops() const { return 2 * static_cast<double>(shape.macs()); }
};

/// dx = epilogue(the gradient of the input); also the transposed convolution of dy.
template <class T>
struct Conv2dBackwardDataArgs {
  Conv2dShape shape;
  T const* dy = nullptr;      // [n, p, q, k]
  T const* filter = nullptr;  // [k, r, s, c / groups]
  T* dx = nullptr;            // [n, h, w, c]
  Epilogue<T> epilogue = {};  // of [n h w, c]
  bool tf32 = false;          // as in Conv2dForwardArgs
  Workspace workspace = {};
  ConvChoice choice = {};

  static void tensors(auto& a, auto&& tensor) {
    tensor("dy", a.dy, a.shape.output_count());
    tensor("filter", a.filter, a.shape.filter_count());
    tensor("dx", a.dx, a.shape.input_count());
    Epilogue<T>::tensors(a.epilogue, a.shape.c, a.shape.input_count(), tensor);
  }
  std::size_t workspace_bytes() const;
  double flops() const { return 2 * static_cast<double>(shape.macs()); }
};

/// The gradient of the filters.
template <class T>
struct Conv2dBackwardFilterArgs {
  Conv2dShape shape;
  T const* x = nullptr;   // [n, h, w, c]
  T const* dy = nullptr;  // [n, p, q, k]
  T* dfilter = nullptr;   // [k, r, s, c / groups]
  bool tf32 = false;      // as in Conv2dForwardArgs
  Workspace workspace = {};
  ConvChoice choice = {};

  static void tensors(auto& a, auto&& tensor) {
    tensor("x", a.x, a.shape.input_count());
    tensor("dy", a.dy, a.shape.output_count());
    tensor("dfilter", a.dfilter, a.shape.filter_count());
  }
  double flops() const { return 2 * static_cast<double>(shape.macs()); }
  std::size_t workspace_bytes() const;
};

HEDDLE_OPERATION(conv2d_forward, Conv2dForwardArgs);
HEDDLE_OPERATION(conv2d_backward_data, Conv2dBackwardDataArgs);
HEDDLE_OPERATION(conv2d_backward_filter, Conv2dBackwardFilterArgs);

}  // namespace heddle
