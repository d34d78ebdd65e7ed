// Step 3: the block reads a tile of A and of B once, together, and takes them from shared memory 32 times.
//
// Look at: an element comes from global memory once a tile of C that needs it, not once a row or column. Shared memory
// now has two reads for every multiplication and addition, and that is the next limit.
#pragma once

#include "examples/matrix_product/matrix_product.h"
#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

struct SharedTile {
  static constexpr int tile = 32;  // rows and columns of C of a block
  static constexpr int threads = tile * tile;
  using Params = Product<f32>;
  struct SharedStorage {
    f32 a[tile][tile];
    f32 b[tile][tile];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const y = static_cast<int>(threadIdx.x) / tile, x = static_cast<int>(threadIdx.x) % tile;
    int const row = static_cast<int>(blockIdx.y) * tile + y, column = static_cast<int>(blockIdx.x) * tile + x;
    f32 sum = 0;
    for (int first = 0; first < p.k; first += tile) {
      shared.a[y][x] = p.a[row * p.k + first + x];
      shared.b[y][x] = p.b[(first + y) * p.n + column];
      __syncthreads();
      for (int k = 0; k < tile; ++k) sum += shared.a[y][k] * shared.b[k][x];
      __syncthreads();  // all have read the tiles before the next ones come
    }
    p.c[row * p.n + column] = sum;
  }
};

}  // namespace heddle::HEDDLE_BACKEND
