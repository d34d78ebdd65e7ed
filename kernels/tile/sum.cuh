// Sums over the threads of a warp or a block. Every thread receives the sum, the same bits in all of them, and the same
// in every run: the order of additions is fixed.
#pragma once

#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

HEDDLE_DEVICE inline f32 warp_sum(f32 value) {
  HEDDLE_UNROLL
  for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(0xffffffffu, value, distance);
  return value;
}

/// What `count` sums at a time over a team of `threads` need of shared memory: nothing for a warp.
template <int threads, int count>
struct SumStorage {
  f32 of_warp[threads / 32][count];
};
template <int count>
struct SumStorage<32, count> {};

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

}  // namespace heddle::HEDDLE_BACKEND
