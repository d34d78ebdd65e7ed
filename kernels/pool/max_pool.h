// Max pooling of NHWC activations. Padding never wins; NaN does; the first of equal values wins.
#pragma once

#include "kernels/core/operation.h"
#include "kernels/pool/pool2d.h"

namespace heddle {

/// Windows of at most so many positions have a winner that fits into the byte of `tap`.
inline constexpr i64 most_taps = 256;

/// The winners are written where there is a pointer for them: to `tap` for the backward pass, to `index` where the
/// window is too large for that, or for another use.
template <class T>
struct MaxPoolForwardArgs {
  Pool2dShape shape;
  T const* x = nullptr;  // [n, h, w, c]
  T* y = nullptr;        // [n, p, q, c]
  u8* tap = nullptr;     // [n, p, q, c], the winner's position ir * s + is in its window; null for none
  i32* index = nullptr;  // [n, p, q, c], the winner's position ih * w + iw in its image; null for none

  static void tensors(auto& a, auto&& tensor) {
    tensor("x", a.x, a.shape.input_count());
    tensor("y", a.y, a.shape.output_count());
    tensor("tap", a.tap, a.shape.output_count(), TensorUse{.optional = true});
    tensor("index", a.index, a.shape.output_count(), TensorUse{.optional = true});
  }
  double flops() const { return 0; }  // but comparisons
};

/// dx is the sum of dy over the outputs that x has won. One of tap and index says which.
template <class T>
struct MaxPoolBackwardArgs {
  Pool2dShape shape;
  T const* dy = nullptr;       // [n, p, q, c]
  u8 const* tap = nullptr;     // [n, p, q, c], or null
  i32 const* index = nullptr;  // [n, p, q, c], or null
  T* dx = nullptr;             // [n, h, w, c]

  static void tensors(auto& a, auto&& tensor) {
    tensor("dy", a.dy, a.shape.output_count());
    tensor("tap", a.tap, a.shape.output_count(), TensorUse{.optional = true});
    tensor("index", a.index, a.shape.output_count(), TensorUse{.optional = true});
    tensor("dx", a.dx, a.shape.input_count());
  }
  double flops() const { return static_cast<double>(shape.output_count()); }
};

HEDDLE_OPERATION(max_pool_forward, MaxPoolForwardArgs);
HEDDLE_OPERATION(max_pool_backward, MaxPoolBackwardArgs);

/// Throws an Error that names the window where `tap` is given, but cannot hold its positions.
void check_taps(char const* operation, Pool2dShape const& shape, void const* tap);

}  // namespace heddle
