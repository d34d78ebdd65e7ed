// How many registers the threads of a warpgroup have (PTX ISA, setmaxnreg), for sm_90a: those that only move data give
// some to those that multiply. All warps of the warpgroup call together, and come to a barrier before the next call.
// At first a thread has 65536 / threads of the block, a multiple of 8. The kernel says min_blocks = 1: without it the
// compiler ignores these (C7508).
#pragma once

#include "kernels/machine/cuda/architecture.cuh"

namespace heddle::cuda {

/// Waits until the block has registers to spare. The new ones hold nothing. `count`: 24 to 256, a multiple of 8.
template <int count>
__device__ void increase_registers() {
  static_assert(count >= 24 && count <= 256 && count % 8 == 0);
  if constexpr (is_sm_90a)
    asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(count));
  else
    __trap();
}

/// Gives registers back to the block.
template <int count>
__device__ void decrease_registers() {
  static_assert(count >= 24 && count <= 256 && count % 8 == 0);
  if constexpr (is_sm_90a)
    asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(count));
  else
    __trap();
}

}  // namespace heddle::cuda
