// The role of a multiplying warpgroup in the products on Hopper.
#pragma once

#include "kernels/gemm/gemm_sm90_layout.cuh"

namespace heddle::HEDDLE_BACKEND {

/// Output: takes the sums of a tile where they belong, as GemmSm90Output does.
template <class Layout, class Output>
struct GemmSm90Consumer {
  using T = typename Layout::Type;
  using Params = typename Layout::Params;
  using SharedStorage = typename Layout::SharedStorage;
  using Sums = typename Layout::Sums;
  static constexpr bool ping_pong = Layout::config.ping_pong();
  static constexpr int consumer_rows = Layout::consumer_rows;
  /// Warps that read a stage, in all blocks that a copy writes to.
  static constexpr int readers = Layout::cluster * (ping_pong ? 1 : Layout::consumers) * warpgroup_size / 32;
  static constexpr int warps = warpgroup_size / 32;

  HEDDLE_DEVICE static void run(Params const& p, SharedStorage& shared) {
    int const consumer = static_cast<int>(threadIdx.x) / warpgroup_size - 1, rounds = p.operands.rounds();
    int const turn = ping_pong ? consumer : 0, turns = ping_pong ? Layout::consumers : 1;
    GemmSm90Ring<Layout::stages> ring;
    ring.advance(turn * rounds);
    u32 parity = static_cast<u32>(1 - turn);  // the first turn comes without waiting
    for (GemmSm90Walk<Layout> walk(p, turn, turns); walk.more(); walk.next(), parity ^= 1) {
      // 1. Multiply, and leave the matrix unit to the other one while the last product is in flight.
      if constexpr (ping_pong) mbarrier_wait(shared.turns[consumer], parity);
      Sums sums = {};
      int const last = multiply(shared, ring, ping_pong ? 0 : consumer * consumer_rows, rounds, sums);
      if constexpr (ping_pong)
        if (threadIdx.x % 32 == 0) mbarrier_arrive(shared.turns[1 - consumer]);
      wgmma_wait<0>(sums);
      release(shared, last);
      // 2. Write, while the loading thread fills the stages for the next tile.
      auto const [row, column, product] = walk.tile();
      Output::write(p, {row + (ping_pong ? 0 : consumer * consumer_rows), column, product}, sums, consumer,
                    shared.d[consumer]);
      // 3. Pass over what the other one multiplies.
      ring.advance((turns - 1) * rounds);
    }
    Output::finish(p);
  }

 private:
  /// All products of a tile, of which that of the stage returned is in flight.
  HEDDLE_DEVICE static int multiply(SharedStorage& shared, GemmSm90Ring<Layout::stages>& ring, int first_row,
                                    int rounds, Sums& sums) {
    int before = 0;
    for (int round = 0; round < rounds; ++round, ring.advance()) {
      mbarrier_wait(shared.full[ring.stage], ring.turn);
      wgmma_fence(sums);
      multiply_stage(shared.a[ring.stage], shared.b[ring.stage], first_row, round > 0, sums);
      wgmma_commit();
      wgmma_wait<1>(sums);
      if (round > 0) release(shared, before);
      before = ring.stage;
    }
    return before;
  }

  HEDDLE_DEVICE static void multiply_stage(T* a_of_stage, T* b_of_stage, int first_row, bool accumulate, Sums& sums) {
    constexpr WgmmaOptions options = {.a = Layout::major_a, .b = Layout::major_b};
    MatrixDescriptor const a = describe_tile(Layout::a_tile, shared_address(a_of_stage));
    MatrixDescriptor const b = describe_tile(Layout::b_tile, shared_address(b_of_stage));
    HEDDLE_UNROLL
    for (u32 k = 0; k < Layout::depth; k += wgmma_k<T>) HEDDLE_UNROLL
    for (int block = 0; block < consumer_rows / 64; ++block) {
      u32 const row = static_cast<u32>(first_row + 64 * block);
      wgmma<T, T, options>(sums[block], advance(a, operand_step(Layout::a_tile, row, k, sizeof(T))),
                           advance(b, operand_step(Layout::b_tile, 0, k, sizeof(T))), accumulate || k > 0);
    }
  }

  /// One thread of each warp gives a stage back, to each block that writes to it.
  HEDDLE_DEVICE static void release(SharedStorage& shared, int stage) {
    int const lane = static_cast<int>(threadIdx.x) % 32;
    if (lane >= Layout::cluster) return;
    if constexpr (Layout::cluster > 1)
      mbarrier_arrive_remote(shared.empty[stage], lane);
    else
      mbarrier_arrive(shared.empty[stage]);
  }
};

}  // namespace heddle::HEDDLE_BACKEND
