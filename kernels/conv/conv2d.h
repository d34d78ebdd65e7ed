// Two-dimensional convolution (cross-correlation, as in every framework): activations NHWC, filters KRSC.
#pragma once

#include "kernels/core/cost.h"
#include "kernels/core/padding.h"
#include "kernels/core/stream.h"
#include "kernels/core/types.h"

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

/// Throws an Error that names the values unless sizes are non-negative, strides, dilations and groups positive,
/// groups divide c and k, and the dilated filter fits into the padded input.
void check_shape(Conv2dShape const& shape);

template <class T>
struct Conv2dForwardArgs {
  Conv2dShape shape;
  T const* x = nullptr;       // [n, h, w, c]
  T const* filter = nullptr;  // [k, r, s, c / groups]
  T* y = nullptr;             // [n, p, q, k]
};

template <class T>
struct Conv2dBackwardDataArgs {
  Conv2dShape shape;
  T const* dy = nullptr;      // [n, p, q, k]
  T const* filter = nullptr;  // [k, r, s, c / groups]
  T* dx = nullptr;            // [n, h, w, c]
};

template <class T>
struct Conv2dBackwardFilterArgs {
  Conv2dShape shape;
  T const* x = nullptr;   // [n, h, w, c]
  T const* dy = nullptr;  // [n, p, q, k]
  T* dfilter = nullptr;   // [k, r, s, c / groups]
};

template <class T>
using Conv2dForwardFn = void(Conv2dForwardArgs<T> const&, Stream);
template <class T>
using Conv2dBackwardDataFn = void(Conv2dBackwardDataArgs<T> const&, Stream);
template <class T>
using Conv2dBackwardFilterFn = void(Conv2dBackwardFilterArgs<T> const&, Stream);

namespace cpu {
extern Conv2dForwardFn<f32> conv2d_forward;
extern Conv2dBackwardDataFn<f32> conv2d_backward_data;
extern Conv2dBackwardFilterFn<f32> conv2d_backward_filter;
}  // namespace cpu

}  // namespace heddle
