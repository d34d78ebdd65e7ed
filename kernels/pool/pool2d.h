// Max, average and global average pooling of NHWC activations.
#pragma once

#include "kernels/core/cost.h"
#include "kernels/core/padding.h"
#include "kernels/core/stream.h"
#include "kernels/core/types.h"

namespace heddle {

struct Pool2dShape {
  i64 n = 0, h = 0, w = 0, c = 0;  // input
  i64 r = 1, s = 1;                // window
  i64 stride_h = 1, stride_w = 1;
  Padding2d padding = {};

  /// Output height and width; a window that would start past the input is left out.
  constexpr i64 p() const { return (h + padding.top + padding.bottom - r) / stride_h + 1; }
  constexpr i64 q() const { return (w + padding.left + padding.right - s) / stride_w + 1; }
  constexpr i64 input_count() const { return n * h * w * c; }
  constexpr i64 output_count() const { return n * p() * q() * c; }
  friend bool operator==(Pool2dShape const&, Pool2dShape const&) = default;
};

/// Throws an Error that names the values unless sizes are non-negative, strides positive, the window fits into the
/// padded input and each padding is at most half the window.
void check_shape(Pool2dShape const& shape);

/// Padding never wins; NaN does; the first of equal values wins.
template <class T>
struct MaxPoolForwardArgs {
  Pool2dShape shape;
  T const* x = nullptr;  // [n, h, w, c]
  T* y = nullptr;        // [n, p, q, c]
  i32* index = nullptr;  // [n, p, q, c], the winner's position ih * w + iw in its image
};

template <class T>
struct MaxPoolBackwardArgs {
  Pool2dShape shape;
  T const* dy = nullptr;       // [n, p, q, c]
  i32 const* index = nullptr;  // [n, p, q, c]
  T* dx = nullptr;             // [n, h, w, c]
};

/// The mean over the window. `count_padding` divides by r * s at the border too.
template <class T>
struct AveragePoolForwardArgs {
  Pool2dShape shape;
  bool count_padding = true;
  T const* x = nullptr;  // [n, h, w, c]
  T* y = nullptr;        // [n, p, q, c]
};

template <class T>
struct AveragePoolBackwardArgs {
  Pool2dShape shape;
  bool count_padding = true;
  T const* dy = nullptr;  // [n, p, q, c]
  T* dx = nullptr;        // [n, h, w, c]
};

/// The mean over all positions of each image: x [n, positions, c] -> y [n, c].
template <class T>
struct GlobalAverageForwardArgs {
  i64 n = 0, positions = 0, c = 0;
  T const* x = nullptr;
  T* y = nullptr;
};

template <class T>
struct GlobalAverageBackwardArgs {
  i64 n = 0, positions = 0, c = 0;
  T const* dy = nullptr;  // [n, c]
  T* dx = nullptr;        // [n, positions, c]
};

template <class T>
using MaxPoolForwardFn = void(MaxPoolForwardArgs<T> const&, Stream);
template <class T>
using MaxPoolBackwardFn = void(MaxPoolBackwardArgs<T> const&, Stream);
template <class T>
using AveragePoolForwardFn = void(AveragePoolForwardArgs<T> const&, Stream);
template <class T>
using AveragePoolBackwardFn = void(AveragePoolBackwardArgs<T> const&, Stream);
template <class T>
using GlobalAverageForwardFn = void(GlobalAverageForwardArgs<T> const&, Stream);
template <class T>
using GlobalAverageBackwardFn = void(GlobalAverageBackwardArgs<T> const&, Stream);

namespace cpu {
extern MaxPoolForwardFn<f32> max_pool_forward;
extern MaxPoolBackwardFn<f32> max_pool_backward;
extern AveragePoolForwardFn<f32> average_pool_forward;
extern AveragePoolBackwardFn<f32> average_pool_backward;
extern GlobalAverageForwardFn<f32> global_average_forward;
extern GlobalAverageBackwardFn<f32> global_average_backward;
}  // namespace cpu

}  // namespace heddle
