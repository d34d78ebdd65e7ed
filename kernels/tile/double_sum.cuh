// Sums in double precision over the threads of a block, in a fixed order.
#pragma once

#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

template <int threads>
using DoubleSumStorage = double[threads / 32];

/// The sum of `value` over the threads of a block, in thread 0. All threads call this once.
template <int threads>
HEDDLE_DEVICE double block_sum(double value, DoubleSumStorage<threads>& of_warp) {
  auto const warp_sum_of = [](double sum) {
    HEDDLE_UNROLL
    for (int distance = 16; distance > 0; distance /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, distance);
    return sum;
  };
  int const warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
  value = warp_sum_of(value);
  if (lane == 0) of_warp[warp] = value;
  __syncthreads();
  return warp == 0 ? warp_sum_of(lane < threads / 32 ? of_warp[lane] : 0.0) : 0.0;
}

}  // namespace heddle::HEDDLE_BACKEND
