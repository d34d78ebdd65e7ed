// Copies from global to shared memory that a thread starts and goes on (PTX ISA, cp.async): sm_80 and later.
#pragma once

#include "kernels/machine/cuda/shared_address.cuh"

namespace heddle::cuda {

/// Starts the copy of `bytes` (4, 8 or 16) to shared memory; of them only `valid` are read, and zeros follow. Both
/// addresses are multiples of `bytes`. 16 bytes bypass L1.
template <int bytes>
__device__ void cp_async(void* shared, void const* global, int valid = bytes) {
  static_assert(bytes == 4 || bytes == 8 || bytes == 16);
  u32 const address = shared_address(shared);
  if constexpr (bytes == 16)
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(address), "l"(global), "r"(valid) : "memory");
  else
    asm volatile("cp.async.ca.shared.global [%0], [%1], %2, %3;" ::"r"(address), "l"(global), "n"(bytes), "r"(valid)
                 : "memory");
}

/// Closes this thread's group of copies, which may be empty.
__device__ inline void cp_async_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }

/// Waits until at most the newest `pending` groups of this thread are in flight. Other threads see what has arrived
/// after a barrier.
template <int pending>
__device__ void cp_async_wait() {
  asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
}

}  // namespace heddle::cuda
