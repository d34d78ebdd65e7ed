// Barriers in shared memory (PTX ISA, mbarrier). One thread initialises a barrier; others use it after a barrier of the
// block, or after fence_mbarrier_init and a barrier of the cluster.
//
// Arriving releases what the thread wrote before to those who wait for the phase: within the block, and within the
// cluster for mbarrier_arrive_remote, whose waiters take mbarrier_wait_cluster. On sm_80, functions that count bytes or
// reach other blocks trap.
#pragma once

#include "kernels/machine/cuda/architecture.cuh"
#include "kernels/machine/cuda/shared_address.cuh"
#include "kernels/machine/mbarrier.h"

namespace heddle::cuda {

/// Makes a barrier whose phases take `count` arrivals, 1 to max_mbarrier_count.
__device__ inline void mbarrier_init(MBarrier& barrier, u32 count) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(&barrier)), "r"(count) : "memory");
}

/// Ends the use of a barrier, whose memory may then hold other things or another barrier.
__device__ inline void mbarrier_invalidate(MBarrier& barrier) {
  asm volatile("mbarrier.inval.shared::cta.b64 [%0];" ::"r"(shared_address(&barrier)) : "memory");
}

/// Makes initialised barriers known to the other blocks of the cluster, and to asynchronous copies, after a barrier.
__device__ inline void fence_mbarrier_init() {
  if constexpr (architecture >= 90)
    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
  else
    __trap();
}

/// Arrives `count` times.
__device__ inline void mbarrier_arrive(MBarrier& barrier, u32 count = 1) {
  if constexpr (architecture >= 90)
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(&barrier)), "r"(count) : "memory");
  else
    for (u32 i = 0; i < count; ++i)
      asm volatile("{ .reg .b64 state; mbarrier.arrive.shared.b64 state, [%0]; }" ::"r"(shared_address(&barrier))
                   : "memory");
}

/// Arrives once, and takes part in no later phase.
__device__ inline void mbarrier_arrive_drop(MBarrier& barrier) {
  asm volatile("{ .reg .b64 state; mbarrier.arrive_drop.shared.b64 state, [%0]; }" ::"r"(shared_address(&barrier))
               : "memory");
}

/// The phase takes `bytes` more.
__device__ inline void mbarrier_expect(MBarrier& barrier, u32 bytes) {
  if constexpr (architecture >= 90)
    asm volatile("mbarrier.expect_tx.relaxed.cta.shared::cta.b64 [%0], %1;" ::"r"(shared_address(&barrier)), "r"(bytes)
                 : "memory");
  else
    __trap();
}

/// mbarrier_expect and mbarrier_arrive in one.
__device__ inline void mbarrier_arrive_expect(MBarrier& barrier, u32 bytes) {
  if constexpr (architecture >= 90)
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(&barrier)), "r"(bytes)
                 : "memory");
  else
    __trap();
}

/// Arrives at the barrier that lies at the same place in the block of a rank in the cluster, which may be this block.
__device__ inline void mbarrier_arrive_remote(MBarrier& barrier, int rank, u32 count = 1) {
  if constexpr (architecture >= 90)
    asm volatile(
        "mbarrier.arrive.release.cluster.shared::cluster.b64 _, [%0], %1;" ::"r"(shared_address(&barrier, rank)),
        "r"(count)
        : "memory");
  else
    __trap();
}

__device__ inline void mbarrier_arrive_expect_remote(MBarrier& barrier, int rank, u32 bytes) {
  if constexpr (architecture >= 90)
    asm volatile("mbarrier.arrive.expect_tx.release.cluster.shared::cluster.b64 _, [%0], %1;" ::"r"(
                     shared_address(&barrier, rank)),
                 "r"(bytes)
                 : "memory");
  else
    __trap();
}

/// Whether the phase of a parity has completed: that phase must be the current one or the one before. A new barrier is
/// as if a phase of parity 1 had completed.
__device__ inline bool mbarrier_test_wait(MBarrier& barrier, u32 parity) {
  u32 completed;
  asm volatile("{ .reg .pred p; mbarrier.test_wait.parity.shared.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }"
               : "=r"(completed)
               : "r"(shared_address(&barrier)), "r"(parity)
               : "memory");
  return completed != 0;
}

/// Likewise, but waits a while for it.
__device__ inline bool mbarrier_try_wait(MBarrier& barrier, u32 parity) {
  if constexpr (architecture >= 90) {
    u32 completed;
    asm volatile("{ .reg .pred p; mbarrier.try_wait.parity.shared::cta.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }"
                 : "=r"(completed)
                 : "r"(shared_address(&barrier)), "r"(parity)
                 : "memory");
    return completed != 0;
  } else {
    return mbarrier_test_wait(barrier, parity);
  }
}

/// Likewise, for about so long at most.
__device__ inline bool mbarrier_try_wait(MBarrier& barrier, u32 parity, u32 nanoseconds) {
  if constexpr (architecture >= 90) {
    u32 completed;
    asm volatile("{ .reg .pred p; mbarrier.try_wait.parity.shared::cta.b64 p, [%1], %2, %3; selp.u32 %0, 1, 0, p; }"
                 : "=r"(completed)
                 : "r"(shared_address(&barrier)), "r"(parity), "r"(nanoseconds)
                 : "memory");
    return completed != 0;
  } else {
    return mbarrier_test_wait(barrier, parity);
  }
}

/// Waits for the phase; sees what was released by those who arrived.
__device__ inline void mbarrier_wait(MBarrier& barrier, u32 parity) {
  while (!mbarrier_try_wait(barrier, parity)) {
  }
}

/// Likewise for arrivals from other blocks of the cluster.
__device__ inline void mbarrier_wait_cluster(MBarrier& barrier, u32 parity) {
  if constexpr (architecture >= 90) {
    u32 completed = 0;
    while (completed == 0)
      asm volatile(
          "{ .reg .pred p; mbarrier.try_wait.parity.acquire.cluster.shared::cta.b64 p, [%1], %2;"
          " selp.u32 %0, 1, 0, p; }"
          : "=r"(completed)
          : "r"(shared_address(&barrier)), "r"(parity)
          : "memory");
  } else {
    __trap();
  }
}

/// Arrives once when what this thread has copied with cp_async so far is there; the count of the phase includes it.
__device__ inline void cp_async_mbarrier_arrive_noinc(MBarrier& barrier) {
  asm volatile("cp.async.mbarrier.arrive.noinc.shared.b64 [%0];" ::"r"(shared_address(&barrier)) : "memory");
}

/// Likewise, but raises the count of the phase by one at once, so that it need not include it.
__device__ inline void cp_async_mbarrier_arrive(MBarrier& barrier) {
  asm volatile("cp.async.mbarrier.arrive.shared.b64 [%0];" ::"r"(shared_address(&barrier)) : "memory");
}

}  // namespace heddle::cuda
