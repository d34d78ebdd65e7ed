// Addresses of shared memory as PTX takes them.
#pragma once

#include "kernels/core/types.h"

namespace heddle::cuda {

/// Of the .shared::cta window, which is also this block's part of .shared::cluster.
__device__ inline u32 shared_address(void const* address) {
  return static_cast<u32>(__cvta_generic_to_shared(address));
}

/// The same offset in the block of a rank in the cluster (PTX ISA, mapa).
__device__ inline u32 shared_address(void const* address, int rank) {
  u32 result;
  asm("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(result) : "r"(shared_address(address)), "r"(rank));
  return result;
}

}  // namespace heddle::cuda
