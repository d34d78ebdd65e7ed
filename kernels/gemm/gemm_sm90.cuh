// The matrix product of 16-bit types on Hopper: bulk tensor copies feed wgmma.
//
// Threads: a block stays on its multiprocessor and takes one tile of d after the other, of 128 rows. One thread of the
// first warpgroup keeps `stages` tiles of A and B on their way, 64 elements long along k, also those of the next tile
// of d while this one is written. Each of the other two warpgroups multiplies 64 rows, with one product in flight while
// it waits for the next stage, and hands the stage of the product before back. It writes its rows as T to shared
// memory, swizzled, from where a bulk copy takes them to d.
//
// Floor: 2 m n k operations; 8192 x 8192 x 8192 in bf16: 1.1 PFLOP, 1.11 ms at the 989 TFLOP/s of an H200. In tiles of
// 128 x 256, the matrix unit takes 256 cycles for a step of 16 along k, of both warpgroups. For each of the two, shared
// memory gives it 2 KB of A and 8 KB of B, 80 bytes a cycle, and the copies bring 12 KB, 48 bytes a cycle, from L2: the
// port of 128 bytes is as busy as the matrix unit. In tiles of 128 x 128 it is busier, 96 and 64. Not yet measured.
#pragma once

#include "kernels/gemm/gemm_output.cuh"
#include "kernels/gemm/gemm_sm90_config.h"
#include "kernels/machine/fragment.h"
#include "kernels/machine/operand_tile.h"
#include "kernels/machine/tensor_map.h"
#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T, Major major_a, Major major_b, GemmSm90Config config>
struct GemmSm90 {
  static constexpr int rows = gemm_sm90_rows, columns = config.columns, depth = 64, stages = config.stages;
  static constexpr int consumers = 2;  // warpgroups
  static constexpr int consumer_rows = rows / consumers;
  static constexpr int threads = (1 + consumers) * warpgroup_size;
  static constexpr int min_blocks = 1;
  static constexpr OperandTile a_tile = operand_tile(major_a, rows, depth);
  static constexpr OperandTile b_tile = operand_tile(major_b, columns, depth);
  static constexpr OperandTile d_tile = operand_tile(Major::k, consumer_rows, columns);
  static constexpr int panel = 64;  // elements of a line that one copy takes
  using Sums = f32[columns / 2];

  struct Params {
    i64 k;
    TensorMap a, b;
    GemmOutput<T> output;
    bool copied;  // d is written by bulk copies: beta is 0
    TensorMap d;  // in boxes of consumer_rows x panel
  };
  struct SharedStorage {
    alignas(1024) T a[stages][rows * depth];
    alignas(1024) T b[stages][columns * depth];
    alignas(1024) T d[consumers][consumer_rows * columns];
    MBarrier full[stages], empty[stages];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    if (threadIdx.x == 0) {
      for (int stage = 0; stage < stages; ++stage) {
        mbarrier_init(shared.full[stage], 1);
        mbarrier_init(shared.empty[stage], consumers * warpgroup_size);
      }
      fence_mbarrier_init();
    }
    __syncthreads();
    GemmTiles const tiles(p.output.m, p.output.n, columns);
    if (threadIdx.x < warpgroup_size) {
      decrease_registers<40>();
      if (threadIdx.x == 0) load_tiles(p, tiles, shared);
    } else {
      increase_registers<232>();
      multiply_tiles(p, tiles, shared);
    }
  }

 private:
  /// The stages in turn, across tiles of d.
  struct Pipeline {
    int stage = 0;
    u32 turn = 0;

    HEDDLE_DEVICE void advance() {
      if (++stage == stages) {
        stage = 0;
        turn ^= 1;
      }
    }
  };

  HEDDLE_DEVICE static i64 rounds_of(Params const& p) { return (p.k + depth - 1) / depth; }

  HEDDLE_DEVICE static void load_tiles(Params const& p, GemmTiles const& tiles, SharedStorage& shared) {
    Pipeline at;
    for (i64 tile = blockIdx.x; tile < tiles.count(); tile += gridDim.x) {
      auto const [down, across] = tiles.place(tile);
      int const row = static_cast<int>(down) * rows, column = static_cast<int>(across) * columns;
      for (i64 round = 0; round < rounds_of(p); ++round, at.advance()) {
        mbarrier_wait(shared.empty[at.stage], at.turn ^ 1);
        mbarrier_arrive_expect(shared.full[at.stage], sizeof shared.a[0] + sizeof shared.b[0]);
        int const k = static_cast<int>(round) * depth;
        load_operand<a_tile, rows>(shared.a[at.stage], p.a, row, k, shared.full[at.stage]);
        load_operand<b_tile, columns>(shared.b[at.stage], p.b, column, k, shared.full[at.stage]);
      }
    }
  }

  /// One copy where k is the direction of the lines, else one for each panel of `size` elements.
  template <OperandTile tile, int size>
  HEDDLE_DEVICE static void load_operand(T* shared, TensorMap const& map, int x, int k, MBarrier& barrier) {
    if constexpr (tile.major == Major::k) {
      tensor_load(shared, map, {k, x}, barrier);
    } else {
      HEDDLE_UNROLL
      for (int first = 0; first < size; first += panel)
        tensor_load(shared + first * depth, map, {x + first, k}, barrier);
    }
  }

  HEDDLE_DEVICE static void multiply_tiles(Params const& p, GemmTiles const& tiles, SharedStorage& shared) {
    int const consumer = static_cast<int>(threadIdx.x) / warpgroup_size - 1;
    i64 const rounds = rounds_of(p);
    Pipeline at;
    for (i64 tile = blockIdx.x; tile < tiles.count(); tile += gridDim.x) {
      Sums sums = {};
      int before = 0;  // the stage of the product in flight
      for (i64 round = 0; round < rounds; ++round, at.advance()) {
        mbarrier_wait(shared.full[at.stage], at.turn);
        wgmma_fence(sums);
        multiply_stage(shared.a[at.stage], shared.b[at.stage], consumer, round > 0, sums);
        wgmma_commit();
        wgmma_wait<1>(sums);
        if (round > 0) mbarrier_arrive(shared.empty[before]);
        before = at.stage;
      }
      wgmma_wait<0>(sums);
      mbarrier_arrive(shared.empty[before]);
      auto const [down, across] = tiles.place(tile);
      i64 const row = down * rows + consumer * consumer_rows, column = across * columns;
      if (p.copied)
        copy(p, row, column, sums, consumer, shared.d[consumer]);
      else
        write(p, row, column, sums);
    }
    if (p.copied && threadIdx.x % warpgroup_size == 0) bulk_wait_read<0>();
  }

  HEDDLE_DEVICE static void multiply_stage(T* a_of_stage, T* b_of_stage, int consumer, bool accumulate, Sums& sums) {
    MatrixDescriptor const a = describe_tile(a_tile, shared_address(a_of_stage));
    MatrixDescriptor const b = describe_tile(b_tile, shared_address(b_of_stage));
    u32 const first = static_cast<u32>(consumer * consumer_rows);
    HEDDLE_UNROLL
    for (u32 k = 0; k < depth; k += 16)
      wgmma<T, T, WgmmaOptions{.a = major_a, .b = major_b}>(sums, advance(a, operand_step(a_tile, first, k, sizeof(T))),
                                                            advance(b, operand_step(b_tile, 0, k, sizeof(T))),
                                                            accumulate || k > 0);
  }

  /// By way of shared memory, which a bulk copy of the tile before may still read.
  HEDDLE_DEVICE static void copy(Params const& p, i64 row, i64 column, Sums const& sums, int consumer, T* shared) {
    int const thread = static_cast<int>(threadIdx.x) % warpgroup_size, lane = thread % 32;
    if (thread == 0) bulk_wait_read<0>();
    barrier_sync(1 + consumer, warpgroup_size);
    u32 const line = static_cast<u32>(thread / 32 * 16 + lane % 16);
    HEDDLE_UNROLL
    for (int first = 0; first < columns; first += 16) {
      u32 words[4];
      HEDDLE_UNROLL
      for (int i = 0; i < 4; ++i)
        words[i] = pack<T>(p.output.alpha * sums[first / 2 + 2 * i], p.output.alpha * sums[first / 2 + 2 * i + 1]);
      u32 const byte = static_cast<u32>(first + lane / 16 * 8) * sizeof(T);
      stmatrix(shared + tile_offset(d_tile, line, byte) / sizeof(T), words);
    }
    fence_proxy_async();
    barrier_sync(1 + consumer, warpgroup_size);
    if (thread != 0) return;
    for (int first = 0; first < columns; first += panel)
      if (row < p.output.m && column + first < p.output.n)
        tensor_store(p.d, {static_cast<int>(column) + first, static_cast<int>(row)}, shared + first * consumer_rows);
    bulk_commit();
  }

  HEDDLE_DEVICE static void write(Params const& p, i64 first_row, i64 first_column, Sums const& sums) {
    int const thread = static_cast<int>(threadIdx.x) % warpgroup_size;
    HEDDLE_UNROLL
    for (int element = 0; element < columns / 2; ++element) {
      auto const [row, column] = accumulator_fragment(thread, element);
      p.output.write(first_row + row, first_column + column, sums[element]);
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
