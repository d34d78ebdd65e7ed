// Step 4: a thread takes 4 x 4 elements, so that each word it reads from shared memory serves four products; and
// everything moves 16 bytes at a time.
//
// Look at: shared memory is read an eighth as often. A is kept transposed, so that a thread finds its four rows side by
// side. The threads that store a column of it would meet in the same bank, four at a time; four words of padding a row
// leave two at a time.
#pragma once

#include "examples/matrix_product/matrix_product.h"
#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

struct RegisterTile {
  static constexpr int tile = 64;   // rows and columns of C of a block
  static constexpr int depth = 16;  // of the tiles along k
  static constexpr int each = 4;    // rows and columns of a thread
  static constexpr int threads = (tile / each) * (tile / each);
  using Params = Product<f32>;
  using Four = Vector<f32, 4>;
  struct SharedStorage {
    alignas(16) f32 a[depth][tile + 4];  // transposed
    alignas(16) f32 b[depth][tile];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const thread = static_cast<int>(threadIdx.x);
    int const first_row = static_cast<int>(blockIdx.y) * tile, first_column = static_cast<int>(blockIdx.x) * tile;
    int const row = thread / (tile / each) * each, column = thread % (tile / each) * each;
    f32 sums[each][each] = {};
    for (int first = 0; first < p.k; first += depth) {
      load_tiles(p, shared, first_row, first_column, first);
      __syncthreads();
      for (int k = 0; k < depth; ++k) {
        Four const a = load<Four>(&shared.a[k][row]), b = load<Four>(&shared.b[k][column]);
        HEDDLE_UNROLL
        for (int i = 0; i < each; ++i) HEDDLE_UNROLL
        for (int j = 0; j < each; ++j) sums[i][j] += a.values[i] * b.values[j];
      }
      __syncthreads();
    }
    HEDDLE_UNROLL
    for (int i = 0; i < each; ++i) store_f32(p.c + (first_row + row + i) * p.n + first_column + column, sums[i]);
  }

  HEDDLE_DEVICE void load_tiles(Params const& p, SharedStorage& shared, int first_row, int first_column,
                                int first) const {
    int const thread = static_cast<int>(threadIdx.x);
    int const a_row = thread / 4, a_k = thread % 4 * 4;
    Four const a = load_constant<Four>(p.a + (first_row + a_row) * p.k + first + a_k);
    HEDDLE_UNROLL
    for (int i = 0; i < 4; ++i) shared.a[a_k + i][a_row] = a.values[i];
    int const b_k = thread / 16, b_column = thread % 16 * 4;
    store(&shared.b[b_k][b_column], load_constant<Four>(p.b + (first + b_k) * p.n + first_column + b_column));
  }
};

}  // namespace heddle::HEDDLE_BACKEND
