// Step 5: copies that run beside the arithmetic. cp.async fills the tiles of the next round while this one is computed.
//
// Look at: the same bytes and the same conflicts as before, but a barrier a round instead of two, and no thread waits
// for memory that it asked for a moment ago. What this gains is time, which the emulator does not measure.
#pragma once

#include "examples/matrix_product/matrix_product.h"
#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

struct Pipelined {
  static constexpr int tile = 64;   // rows and columns of C of a block
  static constexpr int depth = 16;  // of the tiles along k
  static constexpr int each = 4;    // rows and columns of a thread
  static constexpr int threads = (tile / each) * (tile / each);
  static constexpr int stages = 3;
  using Params = Product<f32>;
  using Four = Vector<f32, 4>;
  struct SharedStorage {
    alignas(16) f32 a[stages][tile][depth + 4];
    alignas(16) f32 b[stages][depth][tile];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const thread = static_cast<int>(threadIdx.x), rounds = p.k / depth;
    int const row = thread / (tile / each) * each, column = thread % (tile / each) * each;
    f32 sums[each][each] = {};
    for (int round = 0; round < stages - 1; ++round) start_round(p, shared, round, rounds);
    for (int round = 0; round < rounds; ++round) {
      cp_async_wait<stages - 2>();
      __syncthreads();  // the tiles of this round are there, and all have done with those of the round before
      start_round(p, shared, round + stages - 1, rounds);
      multiply(shared.a[round % stages], shared.b[round % stages], row, column, sums);
    }
    f32* const c =
        p.c + (static_cast<int>(blockIdx.y) * tile + row) * p.n + static_cast<int>(blockIdx.x) * tile + column;
    HEDDLE_UNROLL
    for (int i = 0; i < each; ++i) store_f32(c + i * p.n, sums[i]);
  }

  /// Starts the copies of a round, each thread 16 bytes of A and of B; a group of its own, empty after the last round.
  HEDDLE_DEVICE void start_round(Params const& p, SharedStorage& shared, int round, int rounds) const {
    if (round < rounds) {
      int const thread = static_cast<int>(threadIdx.x), stage = round % stages;
      int const a_row = thread / 4, a_k = thread % 4 * 4, b_k = thread / 16, b_column = thread % 16 * 4;
      cp_async<16>(&shared.a[stage][a_row][a_k],
                   p.a + (static_cast<int>(blockIdx.y) * tile + a_row) * p.k + round * depth + a_k);
      cp_async<16>(&shared.b[stage][b_k][b_column],
                   p.b + (round * depth + b_k) * p.n + static_cast<int>(blockIdx.x) * tile + b_column);
    }
    cp_async_commit();
  }

  /// Four steps along k at a time: the rows of A are read along k, 16 bytes each.
  HEDDLE_DEVICE static void multiply(f32 const (&a)[tile][depth + 4], f32 const (&b)[depth][tile], int row, int column,
                                     f32 (&sums)[each][each]) {
    for (int first = 0; first < depth; first += 4) {
      Four rows[each];
      HEDDLE_UNROLL
      for (int i = 0; i < each; ++i) rows[i] = load<Four>(&a[row + i][first]);
      HEDDLE_UNROLL
      for (int k = 0; k < 4; ++k) {
        Four const columns = load<Four>(&b[first + k][column]);
        HEDDLE_UNROLL
        for (int i = 0; i < each; ++i) HEDDLE_UNROLL
        for (int j = 0; j < each; ++j) sums[i][j] += rows[i].values[k] * columns.values[j];
      }
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
