// Step 1: a thread an element. Neighbouring threads take neighbouring rows.
//
// Look at: the loads of A and the stores of C. The 32 threads of a warp touch 32 rows, far apart in memory: 32 sectors
// of 32 bytes are moved, and 4 bytes of each are used.
#pragma once

#include "examples/matrix_product/matrix_product.h"
#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

struct Naive {
  static constexpr int tile = 32;  // rows and columns of C of a block
  static constexpr int threads = tile * tile;
  using Params = Product<f32>;
  struct SharedStorage {};

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    int const row = static_cast<int>(blockIdx.y) * tile + static_cast<int>(threadIdx.x) % tile;
    int const column = static_cast<int>(blockIdx.x) * tile + static_cast<int>(threadIdx.x) / tile;
    f32 sum = 0;
    for (int k = 0; k < p.k; ++k) sum += p.a[row * p.k + k] * p.b[k * p.n + column];
    p.c[row * p.n + column] = sum;
  }
};

}  // namespace heddle::HEDDLE_BACKEND
