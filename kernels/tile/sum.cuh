// Sums over the threads of a warp, a block or a cluster. Every thread receives the sum, the same bits in all of them,
// and the same in every run: the order of additions is fixed.
#pragma once

#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

HEDDLE_DEVICE inline f32 warp_sum(f32 value) {
  HEDDLE_UNROLL
  for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(0xffffffffu, value, distance);
  return value;
}

/// What `count` sums at a time over a team of `threads` threads of each of `blocks` blocks need of shared memory:
/// nothing for a warp.
template <int threads, int count, int blocks = 1>
struct SumStorage {
  SumStorage<threads, count> of_block;
  f32 of_rank[2][blocks][count];  // sums of the blocks; two, so that one can be read while the next is written
};
template <int threads, int count>
struct SumStorage<threads, count, 1> {
  f32 of_warp[threads / 32][count];
};
template <int count>
struct SumStorage<32, count, 1> {};

/// Replaces each of `values` by its sum over the team: a warp, or the whole block, all of whose threads then call this.
template <int threads, int count>
HEDDLE_DEVICE void team_sum(f32 (&values)[count], SumStorage<threads, count>& shared) {
  HEDDLE_UNROLL
  for (int i = 0; i < count; ++i) values[i] = warp_sum(values[i]);
  if constexpr (threads > 32) {
    constexpr int warps = threads / 32;
    int const warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    __syncthreads();  // all have read the sums before these
    HEDDLE_UNROLL
    for (int i = 0; i < count; ++i)
      if (lane == 0) shared.of_warp[warp][i] = values[i];
    __syncthreads();
    HEDDLE_UNROLL
    for (int i = 0; i < count; ++i) values[i] = warp_sum(lane < warps ? shared.of_warp[lane][i] : 0.0f);
  }
}

/// Sums over a team, one after the other: a warp, a block, or the whole of a cluster of `blocks`.
template <int threads, int count, int blocks = 1>
class TeamSum {
 public:
  using SharedStorage = SumStorage<threads, count, blocks>;

  /// All threads of the team make one: shared memory of a block may be reached once the block has begun.
  HEDDLE_DEVICE explicit TeamSum(SharedStorage& shared) : shared_(shared) {
    if constexpr (blocks > 1) cluster_sync();
  }

  /// Replaces each of `values` by its sum over the team, all of whose threads call this.
  HEDDLE_DEVICE void operator()(f32 (&values)[count]) {
    if constexpr (blocks == 1) {
      team_sum<threads>(values, shared_);
    } else {
      team_sum<threads>(values, shared_.of_block);
      exchange(values, [](f32 a, f32 b) { return a + b; });
    }
  }

 protected:
  // Each block writes its values to all; all combine them in the same order. Who writes has passed the barrier of the
  // turn before, to which all came after they had read the values of two turns ago. After the last barrier none writes.
  template <class Combine>
  HEDDLE_DEVICE void exchange(f32 (&values)[count], Combine&& combine) {
    auto& sums = shared_.of_rank[turn_];
    turn_ ^= 1;
    if (threadIdx.x < blocks) {
      HEDDLE_UNROLL
      for (int i = 0; i < count; ++i) *map_shared(&sums[cluster_rank()][i], static_cast<int>(threadIdx.x)) = values[i];
    }
    cluster_sync();
    HEDDLE_UNROLL
    for (int i = 0; i < count; ++i) {
      values[i] = sums[0][i];
      HEDDLE_UNROLL
      for (int rank = 1; rank < blocks; ++rank) values[i] = combine(values[i], sums[rank][i]);
    }
  }

  SharedStorage& shared_;

 private:
  int turn_ = 0;
};

}  // namespace heddle::HEDDLE_BACKEND
