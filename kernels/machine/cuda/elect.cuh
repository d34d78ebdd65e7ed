// One thread of a warp to act for all.
#pragma once

#include "kernels/core/types.h"
#include "kernels/machine/cuda/architecture.cuh"

namespace heddle::cuda {

/// True in one lane of the warp, the same at each call: to issue what one thread must (PTX ISA, elect.sync). All 32
/// lanes of the warp call together.
__device__ inline bool elect_one() {
  u32 elected = 0;
  if constexpr (architecture >= 90)
    asm volatile("{\n\t.reg .pred p;\n\telect.sync _|p, 0xffffffff;\n\tselp.u32 %0, 1, 0, p;\n\t}"
                 : "=r"(elected)::"memory");
  else
    elected = threadIdx.x % 32 == 0;
  return elected != 0;
}

}  // namespace heddle::cuda
