// Grids of the pooling kernels whose threads have a pixel each.
#pragma once

#include <algorithm>

#include "kernels/core/choice.h"
#include "kernels/core/math.h"
#include "kernels/pool/pool_pixel.cuh"

namespace heddle::HEDDLE_BACKEND {

/// Strips of four rows where no sector is shared by pixels: those of T hold 32 bytes, those of winners 32 elements.
inline PoolPixels pool_pixels(i32 rows, i32 columns, i64 c, int vector) {
  return {rows, columns, c / vector, c % 32 == 0 && rows >= 8 ? 4 : 1};
}

/// Images along y: all of them when there are few blocks to each, else as many as make four waves on an H200, and a
/// thread goes on to the next ones.
inline dim3 pool_grid(PoolPixels const& pixels, i64 n) {
  i64 const blocks = ceil_div<i64>(pixels.threads(), pool_threads);
  i64 const wanted = std::clamp<i64>(ceil_div<i64>(4 * 8 * 132, blocks), 1, 65535);
  i64 const turns = ceil_div<i64>(n, wanted);
  return dim3(static_cast<unsigned>(blocks), static_cast<unsigned>(ceil_div<i64>(n, turns)));
}

/// Calls body.operator()<vector>() with the elements of 16 bytes if c is a multiple of them and all pointers are
/// aligned, else with 1. Nothing is called when there is nothing to write.
template <class T, class Body, class... Pointers>
void with_pool_vector(i64 elements, i64 c, Body const& body, Pointers... pointers) {
  if (elements == 0) return;
  if (c % widest_vector<T> == 0 && aligned(pointers...))
    body.template operator()<widest_vector<T>>();
  else
    body.template operator()<1>();
}

}  // namespace heddle::HEDDLE_BACKEND
