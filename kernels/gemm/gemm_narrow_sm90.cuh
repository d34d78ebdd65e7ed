// The matrix product of f8e4m3, i8 and, as tf32, of f32 on Hopper: bulk tensor copies feed wgmma, which takes these
// types K-major alone.
//
// Threads: as in gemm_sm90.cuh. A block stays on its multiprocessor and takes one tile of d after the other, of 128
// rows. One thread of the first warpgroup keeps `stages` tiles of A and B on their way, 128 bytes long along k; f32 is
// rounded to tf32 by the copy. Each of the other two warpgroups multiplies 64 rows, and takes them through the epilogue
// (kernels/tile/epilogue.cuh) 128 columns at a time, while tiles of A and B for the next tile of d arrive.
//
// The matrix unit adds f8 with 13 bits below the largest term. So the sum of a stage, 128 of k, is one of its own,
// which goes to a second one in f32, times the factors of the blocks where there are any (DeepSeek-V3 Technical Report,
// arXiv 2412.19437, section 3.3.2). Meanwhile the other warpgroup has the matrix unit.
//
// Floor: 2 m n k operations; 8192 x 8192 x 8192: 1.1 P operations, 0.56 ms in f8 and i8 at the 1979 T/s of an H200,
// 2.2 ms in tf32 at 494. A step of 32 bytes along k takes the matrix unit as long in each type: of 128 x 256, 256
// cycles for both warpgroups. For each of the two, shared memory gives it 2 KB of A and 8 KB of B, 80 bytes a cycle,
// and the copies bring 12 KB, 48 bytes a cycle, from L2: the port of 128 bytes is as busy as the matrix unit. Two sets
// of sums leave f8 128 x 128: 128 cycles, 96 and 64 bytes a cycle, so that the port lets it have 80 % at most.
// Promotion is 64 fused operations of 256 threads for 512 cycles of the matrix unit: a quarter of the issue slots. Not
// yet measured.
#pragma once

#include "kernels/gemm/gemm_problem.h"
#include "kernels/gemm/gemm_sm90_config.h"
#include "kernels/gemm/gemm_sm90_ring.cuh"
#include "kernels/machine/fragment.h"
#include "kernels/machine/operand_tile.h"
#include "kernels/machine/tensor_map.h"
#include "kernels/tile/epilogue.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T, int columns_of_tile>
struct GemmNarrowSm90 {
  using Element = std::conditional_t<std::same_as<T, f32>, tf32, T>;
  using Sum = GemmSum<T>;
  static constexpr int rows = GemmSm90Config::rows, columns = columns_of_tile;
  static constexpr int depth = 128 / sizeof(T), depth_bytes = 128;
  static constexpr int stages = columns == 256 ? 3 : 5;
  static constexpr int consumers = 2;  // warpgroups
  static constexpr int consumer_rows = rows / consumers;
  static constexpr int threads = (1 + consumers) * warpgroup_size;
  static constexpr int min_blocks = 1;
  static constexpr OperandTile a_tile = operand_tile(Major::k, rows, depth);
  static constexpr OperandTile b_tile = operand_tile(Major::k, columns, depth);
  static constexpr int slice_columns = 128;
  using Epilogue = TileEpilogue<slice_columns, warpgroup_size>;
  using Sums = Sum[columns / 2];
  static_assert(!is_f8<T> || (columns == 128 && depth == 128));  // two sets of sums; a block of factors is a stage

  struct Params {
    i64 k;
    GemmTiles tiles;
    TensorMap a, b;           // [products, lines, k]
    bool common_a, common_b;  // one product's operand is that of all
    GemmFactors factors_a, factors_b;
    EpilogueOutput output;
  };
  union Slice {
    Sum sums[consumer_rows * slice_columns];
    f32 column_sums[Epilogue::reduction_size];
  };
  struct SharedStorage {
    alignas(1024) T a[stages][rows * depth];
    alignas(1024) T b[stages][columns * depth];
    alignas(16) Slice slices[consumers];
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
    if (threadIdx.x < warpgroup_size) {
      decrease_registers<40>();
      if (threadIdx.x == 0) load_tiles(p, shared);
    } else {
      increase_registers<232>();
      multiply_tiles(p, shared);
    }
  }

 private:
  using Pipeline = GemmSm90Ring<stages>;

  /// A tile of d.
  struct Place {
    u32 product;
    i64 row, column;
  };

  /// Calls body(place) for each tile of this block.
  template <class Body>
  HEDDLE_DEVICE static void for_each_tile(Params const& p, Body const& body) {
    for (i64 tile = blockIdx.x; tile < p.tiles.count(); tile += gridDim.x) {
      auto const [down, across, product] = p.tiles.place(tile);
      body(Place{static_cast<u32>(product), down * rows, across * columns});
    }
  }

  HEDDLE_DEVICE static i64 rounds_of(Params const& p) { return (p.k + depth - 1) / depth; }

  HEDDLE_DEVICE static void load_tiles(Params const& p, SharedStorage& shared) {
    Pipeline at;
    for_each_tile(p, [&](Place const& place) {
      int const row = static_cast<int>(place.row), column = static_cast<int>(place.column);
      int const product = static_cast<int>(place.product);
      for (i64 round = 0; round < rounds_of(p); ++round, at.advance()) {
        mbarrier_wait(shared.empty[at.stage], at.turn ^ 1);
        mbarrier_arrive_expect(shared.full[at.stage], sizeof shared.a[0] + sizeof shared.b[0]);
        int const k = static_cast<int>(round) * depth;
        tensor_load(shared.a[at.stage], p.a, {k, row, p.common_a ? 0 : product}, shared.full[at.stage]);
        tensor_load(shared.b[at.stage], p.b, {k, column, p.common_b ? 0 : product}, shared.full[at.stage]);
      }
    });
  }

  HEDDLE_DEVICE static void multiply_tiles(Params const& p, SharedStorage& shared) {
    int const consumer = static_cast<int>(threadIdx.x) / warpgroup_size - 1;
    Pipeline at;
    for_each_tile(p, [&](Place place) {
      place.row += consumer * consumer_rows;
      Sums sums = {};
      if constexpr (is_f8<T>)
        multiply_promoted(p, place.row, place.column, consumer, at, shared, sums);
      else
        multiply(p, consumer, at, shared, sums);
      finish(p.output, place, consumer, sums, shared.slices[consumer]);
    });
  }

  /// All of k; one product is in flight while the next stage is waited for.
  HEDDLE_DEVICE static void multiply(Params const& p, int consumer, Pipeline& at, SharedStorage& shared, Sums& sums) {
    i64 const rounds = rounds_of(p);
    int before = 0;  // the stage of the product in flight
    for (i64 round = 0; round < rounds; ++round, at.advance()) {
      mbarrier_wait(shared.full[at.stage], at.turn);
      multiply_stage(shared, at.stage, consumer, round > 0, sums);
      wgmma_wait<1>(sums);
      if (round > 0) mbarrier_arrive(shared.empty[before]);
      before = at.stage;
    }
    wgmma_wait<0>(sums);
    mbarrier_arrive(shared.empty[before]);
  }

  /// The same where each stage is summed alone, and then added to `sums`.
  HEDDLE_DEVICE static void multiply_promoted(Params const& p, i64 row, i64 column, int consumer, Pipeline& at,
                                              SharedStorage& shared, Sums& sums) {
    i64 const rounds = rounds_of(p);
    for (i64 round = 0; round < rounds; ++round, at.advance()) {
      f32 factors[2] = {1, 1};
      if (p.factors_a.data != nullptr) load_factors(p, row, column, round, factors);
      Sums of_stage;
      mbarrier_wait(shared.full[at.stage], at.turn);
      multiply_stage(shared, at.stage, consumer, false, of_stage);
      wgmma_wait<0>(of_stage);
      mbarrier_arrive(shared.empty[at.stage]);
      HEDDLE_UNROLL
      for (int i = 0; i < columns / 2; ++i) sums[i] = __fmaf_rn(factors[i / 2 % 2], of_stage[i], sums[i]);
    }
  }

  /// Of the two rows of this thread, times that of the columns of the tile.
  HEDDLE_DEVICE static void load_factors(Params const& p, i64 first_row, i64 column, i64 round, f32 (&factors)[2]) {
    f32 const of_b = load_constant<f32>(p.factors_b.at(column, round));
    HEDDLE_UNROLL
    for (int i = 0; i < 2; ++i) {
      i64 const row = first_row + accumulator_fragment(thread_of_consumer(), 2 * i).row;
      if (row < p.output.m) factors[i] = load_constant<f32>(p.factors_a.at(row, round)) * of_b;
    }
  }

  HEDDLE_DEVICE static void multiply_stage(SharedStorage& shared, int stage, int consumer, bool accumulate,
                                           Sums& sums) {
    MatrixDescriptor const a = describe_tile(a_tile, shared_address(shared.a[stage]));
    MatrixDescriptor const b = describe_tile(b_tile, shared_address(shared.b[stage]));
    u32 const first = static_cast<u32>(consumer * consumer_rows);
    constexpr u32 step = wgmma_k<Element>;
    wgmma_fence(sums);
    HEDDLE_UNROLL
    for (u32 k = 0; k < depth; k += step)
      wgmma<Element>(sums, advance(a, operand_step(a_tile, first, k, sizeof(T))),
                     advance(b, operand_step(b_tile, 0, k, sizeof(T))), accumulate || k > 0);
    wgmma_commit();
  }

  HEDDLE_DEVICE static int thread_of_consumer() { return static_cast<int>(threadIdx.x) % warpgroup_size; }

  HEDDLE_DEVICE static void finish(EpilogueOutput const& output, Place const& place, int consumer, Sums const& sums,
                                   Slice& slice) {
    if (place.row >= output.m) return;  // it would have sums of columns of its own
    auto const barrier = [&] { barrier_sync(1 + consumer, warpgroup_size); };
    HEDDLE_UNROLL
    for (int first = 0; first < columns; first += slice_columns) {
      barrier();  // all have done with what was there before
      HEDDLE_UNROLL
      for (int element = 0; element < slice_columns / 2; element += 2) {
        auto const [row, column] = accumulator_fragment(thread_of_consumer(), element);
        Sum const* const pair = &sums[first / 2 + element];
        store(slice.sums + Epilogue::place(row, column), Vector<Sum, 2>{pair[0], pair[1]});
      }
      barrier();
      Epilogue epilogue(output, place.product, place.row, place.column + first, thread_of_consumer());
      epilogue.finish_slice(0, consumer_rows, slice.sums);
      epilogue.finish_reductions(place.row / consumer_rows, slice.column_sums, barrier);
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
