// The threads of a pooling kernel: each has a pixel and a few of its channels, in one image after the other, so that
// what follows from the pixel alone is computed once.
#pragma once

#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

inline constexpr int pool_threads = 256;

/// The pixels of an image, shared out along blockIdx.x. Pixels go down `strip` rows before they go on to the next
/// column, so that the windows of one block overlap in both directions and find each other's pixels in L1.
struct PoolPixels {
  i32 rows, columns;
  i64 groups;  // of channels that move as one access
  i32 strip;   // a power of two

  i64 threads() const { return ceil_div<i64>(rows, strip) * strip * columns * groups; }
};

struct PoolPixel {
  i32 row, column;
  i64 group;
  bool inside;
};

namespace detail {

template <class Integer>
HEDDLE_DEVICE PoolPixel pool_pixel(PoolPixels const& pixels, Integer item) {
  auto const groups = static_cast<Integer>(pixels.groups), columns = static_cast<Integer>(pixels.columns);
  auto const strip = static_cast<Integer>(pixels.strip);
  Integer const pixel = item / groups, beside = pixel / strip;
  Integer const strips = beside / columns;
  auto const row = static_cast<i32>(strips * strip + pixel % strip);
  return {row, static_cast<i32>(beside - strips * columns), static_cast<i64>(item - pixel * groups), row < pixels.rows};
}

}  // namespace detail

/// That of this thread. 64-bit divisions cost four times as much as those of 32 bits.
HEDDLE_DEVICE inline PoolPixel pool_pixel(PoolPixels const& pixels) {
  i64 const item = static_cast<i64>(blockIdx.x) * pool_threads + threadIdx.x;
  return item < 0x7fffffff ? detail::pool_pixel(pixels, static_cast<u32>(item)) : detail::pool_pixel(pixels, item);
}

/// Calls visit(i, elements) for `count` accesses, `step` elements apart; `together` are under way before the first is
/// used.
template <int vector, int together, class T, class Visit>
HEDDLE_DEVICE void for_each_access(T const* p, i32 count, i64 step, Visit&& visit) {
  for (i32 first = 0; first < count; first += together) {
    Vector<T, vector> held[together] = {};
    HEDDLE_UNROLL
    for (int i = 0; i < together; ++i)
      if (first + i < count) held[i] = load_constant<Vector<T, vector>>(p + (first + i) * step);
    HEDDLE_UNROLL
    for (int i = 0; i < together; ++i)
      if (first + i < count) visit(first + i, held[i]);
  }
}

}  // namespace heddle::HEDDLE_BACKEND
