// The product of two strips in shared memory on the ordinary arithmetic units, for tiles of 64 x 64 by 256 threads.
//
// A thread makes 4 x 4 elements. In a step along the depth it reads 4 + 4 values for 16 fused multiply-adds; of a warp,
// 16 neighbours share the 4 of a and read 256 bytes of b, which are two wavefronts.
#pragma once

#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

struct StripProduct {
  static constexpr int tile = 64, depth = 16, part = 4, threads = 256;
  static constexpr int brought = tile * depth / threads;  // values of a strip by a thread
  static constexpr int pitch = tile + 4;

  using Sums = f32[part][part];
  struct Strips {
    alignas(16) f32 a[depth][pitch];
    alignas(16) f32 b[depth][pitch];
  };

  /// A value of a strip: its row or column in the tile, and its place along the depth.
  struct Place {
    int line, k;
  };
  /// Of the i-th value that this thread brings, where neighbours in memory are neighbours along the depth.
  HEDDLE_DEVICE static Place along_depth(int i) {
    int const thread = static_cast<int>(threadIdx.x);
    return {thread / depth + i * (threads / depth), thread % depth};
  }
  /// Likewise, where they are neighbours across it.
  HEDDLE_DEVICE static Place across_depth(int i) {
    int const thread = static_cast<int>(threadIdx.x);
    return {thread % tile, thread / tile + i * (threads / tile)};
  }

  /// Where this thread's elements of the tile begin.
  HEDDLE_DEVICE static int row_of_thread() { return static_cast<int>(threadIdx.x) / (tile / part) * part; }
  HEDDLE_DEVICE static int column_of_thread() { return static_cast<int>(threadIdx.x) % (tile / part) * part; }

  HEDDLE_DEVICE static void multiply(Strips const& strips, Sums& sums) {
    HEDDLE_UNROLL
    for (int k = 0; k < depth; ++k) {
      auto const a = load<Vector<f32, part>>(&strips.a[k][row_of_thread()]);
      auto const b = load<Vector<f32, part>>(&strips.b[k][column_of_thread()]);
      HEDDLE_UNROLL
      for (int i = 0; i < part; ++i) HEDDLE_UNROLL
      for (int j = 0; j < part; ++j) sums[i][j] = __fmaf_rn(a.values[i], b.values[j], sums[i][j]);
    }
  }
};

/// Writes `valid` of four neighbours, as one access where all are there and `to` is aligned to them.
template <class T>
HEDDLE_DEVICE void write_neighbours(T* to, f32 const (&values)[4], i64 valid, bool vectorised) {
  if (vectorised && valid >= 4) return store_f32<4>(to, values);
  HEDDLE_UNROLL
  for (int j = 0; j < 4; ++j)
    if (j < valid) to[j] = from_f32<T>(values[j]);
}

}  // namespace heddle::HEDDLE_BACKEND
