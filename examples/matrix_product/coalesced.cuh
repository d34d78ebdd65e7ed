// Step 2: neighbouring threads take neighbouring columns, and nothing else changes.
//
// Look at: a warp now reads 128 bytes of a row of B side by side, 4 sectors all of which are used, and one word of A
// for all. But each element of A and B still comes from memory once a row or column of C that needs it.
#pragma once

#include "examples/matrix_product/matrix_product.h"
#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

struct Coalesced {
  static constexpr int tile = 32;  // rows and columns of C of a block
  static constexpr int threads = tile * tile;
  using Params = Product<f32>;
  struct SharedStorage {};

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    int const row = static_cast<int>(blockIdx.y) * tile + static_cast<int>(threadIdx.x) / tile;
    int const column = static_cast<int>(blockIdx.x) * tile + static_cast<int>(threadIdx.x) % tile;
    f32 sum = 0;
    for (int k = 0; k < p.k; ++k) sum += p.a[row * p.k + k] * p.b[k * p.n + column];
    p.c[row * p.n + column] = sum;
  }
};

}  // namespace heddle::HEDDLE_BACKEND
