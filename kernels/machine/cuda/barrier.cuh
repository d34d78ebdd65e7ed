// The 16 barriers of a block beyond __syncthreads, which is barrier 0 (PTX ISA, bar.sync and bar.arrive).
#pragma once

namespace heddle::cuda {

/// Waits until `threads` threads, whole warps of them, have come to barrier `id` of the block. Memory is ordered.
__device__ inline void barrier_sync(int id, int threads) {
  asm volatile("bar.sync %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

/// Comes to barrier `id` without waiting: others of the `threads` threads wait in barrier_sync.
__device__ inline void barrier_arrive(int id, int threads) {
  asm volatile("bar.arrive %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

}  // namespace heddle::cuda
