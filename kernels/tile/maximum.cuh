// The largest value over the threads of a warp or a block. NaN is passed over.
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

}  // namespace heddle::HEDDLE_BACKEND
