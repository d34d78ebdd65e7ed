// The largest value over the threads of a warp, a block or a cluster. NaN is passed over.
#pragma once

#include "kernels/tile/sum.cuh"

namespace heddle::HEDDLE_BACKEND {

HEDDLE_DEVICE inline f32 warp_maximum(f32 value) {
  HEDDLE_UNROLL
  for (int distance = 16; distance > 0; distance /= 2)
    value = fmaxf(value, __shfl_xor_sync(0xffffffffu, value, distance));
  return value;
}

/// The largest `value` of the team: a warp, or the whole block, all of whose threads then call this.
template <int threads>
HEDDLE_DEVICE f32 team_maximum(f32 value, SumStorage<threads, 1>& shared) {
  value = warp_maximum(value);
  if constexpr (threads > 32) {
    constexpr int warps = threads / 32;
    int const warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    __syncthreads();  // all have read what was there before
    if (lane == 0) shared.of_warp[warp][0] = value;
    __syncthreads();
    value = warp_maximum(shared.of_warp[lane < warps ? lane : 0][0]);
  }
  return value;
}

/// Sums and largest values over a team, as TeamSum, one after the other.
template <int threads, int blocks = 1>
class TeamSumAndMaximum : public TeamSum<threads, 1, blocks> {
 public:
  using TeamSum<threads, 1, blocks>::TeamSum;

  /// The largest `value` of the team, all of whose threads call this.
  HEDDLE_DEVICE f32 maximum(f32 value) {
    if constexpr (blocks == 1) {
      return team_maximum<threads>(value, this->shared_);
    } else {
      f32 values[1] = {team_maximum<threads>(value, this->shared_.of_block)};
      this->exchange(values, [](f32 a, f32 b) { return fmaxf(a, b); });
      return values[0];
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
