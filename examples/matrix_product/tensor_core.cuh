// Step 6: the matrix unit. A and B are bf16; a warp multiplies 16 x 16 by 16 x 8 in one instruction, whose operands
// ldmatrix brings from shared memory, and sums stay f32.
//
// Look at: shared memory is read in whole rows of 16 bytes, without conflicts although no row is padded: the swizzle
// spreads the eight rows of a small matrix over all banks. All arithmetic now counts as operations of the matrix unit.
#pragma once

#include "examples/matrix_product/matrix_product.h"
#include "kernels/machine/fragment.h"
#include "kernels/machine/swizzle.h"
#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

struct TensorCore {
  static constexpr int tile = 64;   // rows and columns of C of a block
  static constexpr int depth = 32;  // of the tiles along k
  static constexpr int part = 32;   // rows and columns of C of a warp
  static constexpr int threads = 32 * (tile / part) * (tile / part);
  static constexpr int stages = 3;
  using Params = Product<bf16>;
  struct Stage {
    alignas(1024) bf16 a[tile * depth];  // [tile, depth], rows of 64 bytes
    alignas(1024) bf16 b[depth * tile];  // [depth, tile], rows of 128 bytes
  };
  struct SharedStorage {
    Stage stages[TensorCore::stages];
  };
  using Sums = f32[part / 16][part / 8][4];

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const rounds = p.k / depth;
    Sums sums = {};
    for (int round = 0; round < stages - 1; ++round) start_round(p, shared, round, rounds);
    for (int round = 0; round < rounds; ++round) {
      cp_async_wait<stages - 2>();
      __syncthreads();  // the tiles of this round are there, and all have done with those of the round before
      start_round(p, shared, round + stages - 1, rounds);
      multiply(shared.stages[round % stages], sums);
    }
    write(p, sums);
  }

  /// The elements [row, column …] of a tile, 16 bytes of them.
  HEDDLE_DEVICE static bf16* a_at(Stage& stage, int row, int column) {
    return stage.a + swizzled(static_cast<u32>(row * depth + column) * 2, Swizzle::bytes_64) / 2;
  }
  HEDDLE_DEVICE static bf16* b_at(Stage& stage, int row, int column) {
    return stage.b + swizzled(static_cast<u32>(row * tile + column) * 2, Swizzle::bytes_128) / 2;
  }

  /// Starts the copies of a round; a group of its own, empty after the last round.
  HEDDLE_DEVICE static void start_round(Params const& p, SharedStorage& shared, int round, int rounds) {
    if (round < rounds) {
      Stage& stage = shared.stages[round % stages];
      int const first_row = static_cast<int>(blockIdx.y) * tile, first_column = static_cast<int>(blockIdx.x) * tile;
      for (int i = static_cast<int>(threadIdx.x) * 8; i < tile * depth; i += threads * 8) {
        int const a_row = i / depth, a_column = i % depth, b_row = i / tile, b_column = i % tile;
        cp_async<16>(a_at(stage, a_row, a_column), p.a + (first_row + a_row) * p.k + round * depth + a_column);
        cp_async<16>(b_at(stage, b_row, b_column), p.b + (round * depth + b_row) * p.n + first_column + b_column);
      }
    }
    cp_async_commit();
  }

  HEDDLE_DEVICE static void multiply(Stage& stage, Sums& sums) {
    int const lane = static_cast<int>(threadIdx.x) % 32;
    HEDDLE_UNROLL
    for (int k = 0; k < depth; k += 16) {
      u32 a[part / 16][4], b[part / 8][2];
      HEDDLE_UNROLL
      for (int i = 0; i < part / 16; ++i)
        ldmatrix(a[i], a_at(stage, warp_row() + 16 * i + lane % 16, k + lane / 16 * 8));
      HEDDLE_UNROLL
      for (int j = 0; j < part / 8; ++j) ldmatrix_transposed(b[j], b_at(stage, k + lane % 16, warp_column() + 8 * j));
      HEDDLE_UNROLL
      for (int i = 0; i < part / 16; ++i) HEDDLE_UNROLL
      for (int j = 0; j < part / 8; ++j) mma<bf16>(sums[i][j], a[i], b[j]);
    }
  }

  HEDDLE_DEVICE static void write(Params const& p, Sums const& sums) {
    int const first_row = static_cast<int>(blockIdx.y) * tile + warp_row();
    int const first_column = static_cast<int>(blockIdx.x) * tile + warp_column();
    HEDDLE_UNROLL
    for (int i = 0; i < part / 16; ++i) HEDDLE_UNROLL
    for (int j = 0; j < part / 8; ++j) HEDDLE_UNROLL
    for (int element = 0; element < 4; element += 2) {
      auto const [row, column] = accumulator_fragment(static_cast<int>(threadIdx.x) % 32, element);
      Vector<f32, 2> const pair = {{sums[i][j][element], sums[i][j][element + 1]}};
      store(p.c + (first_row + 16 * i + row) * p.n + first_column + 8 * j + column, pair);
    }
  }

  HEDDLE_DEVICE static int warp_row() { return static_cast<int>(threadIdx.x) / 32 / (tile / part) * part; }
  HEDDLE_DEVICE static int warp_column() { return static_cast<int>(threadIdx.x) / 32 % (tile / part) * part; }
};

}  // namespace heddle::HEDDLE_BACKEND
