// Clusters: blocks that run at the same time and reach each other's shared memory. sm_90 and later.
// A kernel that wants them has `static constexpr int cluster_size`, in blocks along x: a divisor of gridDim.x, up to 8,
// or 16 where the card allows it.
#pragma once

#include "kernels/core/types.h"
#include "kernels/machine/cuda/architecture.cuh"

namespace heddle::cuda {

/// The index of this block in its cluster.
__device__ inline int cluster_rank() {
  u32 rank = 0;
  if constexpr (architecture >= 90) asm volatile("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  return static_cast<int>(rank);
}

/// The blocks of this cluster.
__device__ inline int cluster_size() {
  u32 size = 1;
  if constexpr (architecture >= 90) asm volatile("mov.u32 %0, %%cluster_nctarank;" : "=r"(size));
  return static_cast<int>(size);
}

/// Comes to the barrier of the cluster; what this thread wrote before is seen by those who wait in it.
__device__ inline void cluster_arrive() {
  if constexpr (architecture >= 90)
    asm volatile("barrier.cluster.arrive.release.aligned;" ::: "memory");
  else
    __trap();
}

/// Likewise, but what this thread wrote before need not be seen.
__device__ inline void cluster_arrive_relaxed() {
  if constexpr (architecture >= 90)
    asm volatile("barrier.cluster.arrive.relaxed.aligned;" ::: "memory");
  else
    __trap();
}

/// Waits until all threads of the cluster have come to the barrier. Once after each cluster_arrive.
__device__ inline void cluster_wait() {
  if constexpr (architecture >= 90)
    asm volatile("barrier.cluster.wait.acquire.aligned;" ::: "memory");
  else
    __trap();
}

/// A barrier of all threads of the cluster. No block may end while others still reach its shared memory: end with it.
__device__ inline void cluster_sync() {
  cluster_arrive();
  cluster_wait();
}

/// What a pointer to this block's shared memory would be in the block of that rank: to be read and written there.
template <class T>
__device__ T* map_shared(T* local, int rank) {
  u64 remote = 0;
  if constexpr (architecture >= 90)
    asm volatile("mapa.u64 %0, %1, %2;" : "=l"(remote) : "l"(reinterpret_cast<u64>(local)), "r"(rank));
  else
    __trap();
  return reinterpret_cast<T*>(remote);
}

}  // namespace heddle::cuda
