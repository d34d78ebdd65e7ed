// Average pooling of NHWC activations: the mean over windows of one size, or, adaptively, over as many windows as there
// are to be outputs.
#pragma once

#include "kernels/core/operation.h"
#include "kernels/pool/pool2d.h"

namespace heddle {

/// y is the mean over the window. `count_padding` divides by r * s at the border too.
template <class T>
struct AveragePoolForwardArgs {
  Pool2dShape shape;
  bool count_padding = true;
  T const* x = nullptr;  // [n, h, w, c]
  T* y = nullptr;        // [n, p, q, c]

  static void tensors(auto& a, auto&& tensor) {
    tensor("x", a.x, a.shape.input_count());
    tensor("y", a.y, a.shape.output_count());
  }
  /// An addition for each position of a window, and the division.
  double flops() const {
    return static_cast<double>(shape.output_count()) * static_cast<double>(shape.r * shape.s + 1);
  }
};

template <class T>
struct AveragePoolBackwardArgs {
  Pool2dShape shape;
  bool count_padding = true;
  T const* dy = nullptr;  // [n, p, q, c]
  T* dx = nullptr;        // [n, h, w, c]

  static void tensors(auto& a, auto&& tensor) {
    tensor("dy", a.dy, a.shape.output_count());
    tensor("dx", a.dx, a.shape.input_count());
  }
  double flops() const {
    return static_cast<double>(shape.output_count()) * static_cast<double>(shape.r * shape.s + 1);
  }
};

/// Output i of p takes the rows from floor(i * h / p) to ceil((i + 1) * h / p), and likewise columns: the windows of
/// PyTorch's adaptive_avg_pool2d, which overlap where p does not divide h, and repeat positions where p > h.
struct AdaptivePool2dShape {
  i64 n = 0, h = 0, w = 0, c = 0;  // input
  i64 p = 1, q = 1;                // output

  constexpr i64 input_count() const { return n * h * w * c; }
  constexpr i64 output_count() const { return n * p * q * c; }
  friend bool operator==(AdaptivePool2dShape const&, AdaptivePool2dShape const&) = default;
};

template <class T>
struct AdaptiveAveragePoolForwardArgs {
  AdaptivePool2dShape shape;
  T const* x = nullptr;  // [n, h, w, c]
  T* y = nullptr;        // [n, p, q, c]

  static void tensors(auto& a, auto&& tensor) {
    tensor("x", a.x, a.shape.input_count());
    tensor("y", a.y, a.shape.output_count());
  }
  /// About an addition for each element of x and a division for each of y.
  double flops() const { return static_cast<double>(shape.input_count() + shape.output_count()); }
};

template <class T>
struct AdaptiveAveragePoolBackwardArgs {
  AdaptivePool2dShape shape;
  T const* dy = nullptr;  // [n, p, q, c]
  T* dx = nullptr;        // [n, h, w, c]

  static void tensors(auto& a, auto&& tensor) {
    tensor("dy", a.dy, a.shape.output_count());
    tensor("dx", a.dx, a.shape.input_count());
  }
  double flops() const { return static_cast<double>(shape.input_count() + shape.output_count()); }
};

HEDDLE_OPERATION(average_pool_forward, AveragePoolForwardArgs);
HEDDLE_OPERATION(average_pool_backward, AveragePoolBackwardArgs);
HEDDLE_OPERATION(adaptive_average_pool_forward, AdaptiveAveragePoolForwardArgs);
HEDDLE_OPERATION(adaptive_average_pool_backward, AdaptiveAveragePoolBackwardArgs);

/// Throws an Error that names the values unless n and c are non-negative and all other sizes positive, and h * p,
/// w * q and the positions of an image fit into 31 bits.
void check_shape(AdaptivePool2dShape const& shape);

}  // namespace heddle
