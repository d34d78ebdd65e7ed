// Step 7: Hopper. One thread asks for whole tiles, which bulk tensor copies bring, swizzled, while a warpgroup of four
// warps multiplies them where they lie in shared memory. Each side waits for the other at mbarriers, never for all.
//
// Look at: the loads are single requests of one lane, and no thread reads shared memory any more: the matrix unit does.
#pragma once

#include "examples/matrix_product/matrix_product.h"
#include "kernels/machine/operand_tile.h"
#include "kernels/machine/tensor_map.h"
#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

struct WarpgroupProduct {
  static constexpr int tile = 64;   // rows and columns of C of a block
  static constexpr int depth = 64;  // of the tiles along k: 128 bytes
  static constexpr int threads = warpgroup_size + 32;
  static constexpr int stages = 3;
  struct Params {
    int n, k;
    TensorMap a;  // [m, k] in boxes of [tile, depth]
    TensorMap b;  // [k, n] in boxes of [depth, tile]
    f32* c;       // [m, n]
  };
  struct SharedStorage {
    alignas(1024) bf16 a[stages][tile * depth];
    alignas(1024) bf16 b[stages][depth * tile];
    MBarrier full[stages], empty[stages];
  };
  static constexpr OperandTile a_tile = {.major = Major::k, .lines = tile};
  static constexpr OperandTile b_tile = {.major = Major::mn, .lines = depth};

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    if (threadIdx.x == 0) {
      for (int stage = 0; stage < stages; ++stage) {
        mbarrier_init(shared.full[stage], 1);
        mbarrier_init(shared.empty[stage], warpgroup_size);
      }
      fence_mbarrier_init();
    }
    __syncthreads();
    int const rounds = (p.k + depth - 1) / depth;
    if (threadIdx.x < warpgroup_size)
      multiply(p, shared, rounds);
    else if (threadIdx.x == warpgroup_size)
      load_tiles(p, shared, rounds);
  }

  HEDDLE_DEVICE static void load_tiles(Params const& p, SharedStorage& shared, int rounds) {
    int const first_row = static_cast<int>(blockIdx.y) * tile, first_column = static_cast<int>(blockIdx.x) * tile;
    for (int round = 0; round < rounds; ++round) {
      int const stage = round % stages, turn = round / stages;
      mbarrier_wait(shared.empty[stage], static_cast<u32>(turn % 2 ^ 1));
      mbarrier_arrive_expect(shared.full[stage], sizeof shared.a[stage] + sizeof shared.b[stage]);
      tensor_load(shared.a[stage], p.a, {round * depth, first_row}, shared.full[stage]);
      tensor_load(shared.b[stage], p.b, {first_column, round * depth}, shared.full[stage]);
    }
  }

  HEDDLE_DEVICE static void multiply(Params const& p, SharedStorage& shared, int rounds) {
    f32 sums[tile / 2] = {};
    for (int round = 0; round < rounds; ++round) {
      int const stage = round % stages, turn = round / stages;
      mbarrier_wait(shared.full[stage], static_cast<u32>(turn % 2));
      MatrixDescriptor const a = describe_tile(a_tile, shared_address(shared.a[stage]));
      MatrixDescriptor const b = describe_tile(b_tile, shared_address(shared.b[stage]));
      wgmma_fence(sums);
      HEDDLE_UNROLL
      for (u32 k = 0; k < depth; k += 16)
        wgmma<bf16, bf16, WgmmaOptions{.b = Major::mn}>(sums, advance(a, operand_step(a_tile, 0, k, sizeof(bf16))),
                                                        advance(b, operand_step(b_tile, 0, k, sizeof(bf16))), true);
      wgmma_commit();
      wgmma_wait<0>(sums);
      mbarrier_arrive(shared.empty[stage]);
    }
    write(p, sums);
  }

  HEDDLE_DEVICE static void write(Params const& p, f32 const (&sums)[tile / 2]) {
    int const first_row = static_cast<int>(blockIdx.y) * tile, first_column = static_cast<int>(blockIdx.x) * tile;
    HEDDLE_UNROLL
    for (int element = 0; element < tile / 2; element += 2) {
      auto const [row, column] = accumulator_fragment(static_cast<int>(threadIdx.x), element);
      Vector<f32, 2> const pair = {{sums[element], sums[element + 1]}};
      store(p.c + (first_row + row) * p.n + first_column + column, pair);
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
