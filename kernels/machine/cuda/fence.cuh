// Orders of memory between threads, and between the ways to reach it.
#pragma once

#include "kernels/core/types.h"
#include "kernels/machine/cuda/architecture.cuh"

namespace heddle::cuda {

/// What this thread wrote to shared memory by plain stores, and what it has seen of others, may be read by bulk copies
/// and wgmma that are issued after it, by this thread or, past a barrier, by others (PTX ISA, fence.proxy.async).
__device__ inline void fence_proxy_async() {
  if constexpr (architecture >= 90)
    asm volatile("fence.proxy.async;" ::: "memory");
  else
    __trap();
}

/// As __threadfence, for the threads of the cluster.
__device__ inline void fence_cluster() {
  if constexpr (architecture >= 90)
    asm volatile("fence.acq_rel.cluster;" ::: "memory");
  else
    __trap();
}

/// Reads a word that another block releases: what that block wrote before is then seen. Meant for loops.
__device__ inline u32 load_acquire(u32 const* address) {
  u32 value;
  asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(value) : "l"(address) : "memory");
  return value;
}

/// Writes a word after all that this thread wrote, or has seen, before.
__device__ inline void store_release(u32* address, u32 value) {
  asm volatile("st.release.gpu.global.u32 [%0], %1;" ::"l"(address), "r"(value) : "memory");
}

}  // namespace heddle::cuda
