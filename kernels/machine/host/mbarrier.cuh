// Barriers in shared memory (PTX ISA, mbarrier). One thread initialises a barrier; others use it after a barrier of the
// block, or after fence_mbarrier_init and a barrier of the cluster.
//
// Every function throws an Error for a barrier that is misaligned, outside of shared memory or not initialised.
#pragma once

#include "kernels/machine/host/cluster.cuh"
#include "kernels/machine/host/mbarrier.h"

namespace heddle::emulated {

/// Makes a barrier whose phases take `count` arrivals, 1 to max_mbarrier_count.
inline void mbarrier_init(MBarrier& barrier, u32 count, std::source_location where = std::source_location::current()) {
  start_barrier(barrier, count, {"mbarrier_init", where});
}

/// Ends the use of a barrier, whose memory may then hold other things or another barrier.
inline void mbarrier_invalidate(MBarrier& barrier, std::source_location where = std::source_location::current()) {
  end_barrier(barrier, {"mbarrier_invalidate", where});
}

/// Makes initialised barriers known to the other blocks of the cluster, and to asynchronous copies, after a barrier.
inline void fence_mbarrier_init() {
  Block::current("fence_mbarrier_init").check_architecture("fence_mbarrier_init", 90);
}

/// Arrives `count` times. Throws an Error when the phase takes fewer.
inline void mbarrier_arrive(MBarrier& barrier, u32 count = 1,
                            std::source_location where = std::source_location::current()) {
  arrive_at(barrier, count, 0, {"mbarrier_arrive", where});
}

/// Arrives once, and takes part in no later phase.
inline void mbarrier_arrive_drop(MBarrier& barrier, std::source_location where = std::source_location::current()) {
  arrive_and_drop(barrier, {"mbarrier_arrive_drop", where});
}

/// The phase takes `bytes` more.
inline void mbarrier_expect(MBarrier& barrier, u32 bytes,
                            std::source_location where = std::source_location::current()) {
  Block::current("mbarrier_expect").check_architecture("mbarrier_expect", 90);
  expect_at(barrier, bytes, {"mbarrier_expect", where});
}

/// mbarrier_expect and mbarrier_arrive in one.
inline void mbarrier_arrive_expect(MBarrier& barrier, u32 bytes,
                                   std::source_location where = std::source_location::current()) {
  Block::current("mbarrier_arrive_expect").check_architecture("mbarrier_arrive_expect", 90);
  arrive_at(barrier, 1, bytes, {"mbarrier_arrive_expect", where});
}

/// Arrives at the barrier that lies at the same place in the block of a rank in the cluster, which may be this block.
inline void mbarrier_arrive_remote(MBarrier& barrier, int rank, u32 count = 1,
                                   std::source_location where = std::source_location::current()) {
  Block::current("mbarrier_arrive_remote").check_architecture("mbarrier_arrive_remote", 90);
  arrive_at(*map_shared(&barrier, rank, where), count, 0, {"mbarrier_arrive_remote", where});
}

inline void mbarrier_arrive_expect_remote(MBarrier& barrier, int rank, u32 bytes,
                                          std::source_location where = std::source_location::current()) {
  Block::current("mbarrier_arrive_expect_remote").check_architecture("mbarrier_arrive_expect_remote", 90);
  arrive_at(*map_shared(&barrier, rank, where), 1, bytes, {"mbarrier_arrive_expect_remote", where});
}

/// Whether the phase of a parity has completed: that phase must be the current one or the one before. A new barrier is
/// as if a phase of parity 1 had completed. Lets others run when it has not.
inline bool mbarrier_test_wait(MBarrier& barrier, u32 parity,
                               std::source_location where = std::source_location::current()) {
  return look_at_phase(barrier, parity, {"mbarrier_test_wait", where});
}

/// Likewise, but waits a while for it.
inline bool mbarrier_try_wait(MBarrier& barrier, u32 parity,
                              std::source_location where = std::source_location::current()) {
  return look_at_phase(barrier, parity, {"mbarrier_try_wait", where});
}

/// Likewise, for about so long at most. Time is not modelled here.
inline bool mbarrier_try_wait(MBarrier& barrier, u32 parity, u32 /*nanoseconds*/,
                              std::source_location where = std::source_location::current()) {
  return look_at_phase(barrier, parity, {"mbarrier_try_wait", where});
}

/// Waits for the phase; sees what was released by those who arrived.
inline void mbarrier_wait(MBarrier& barrier, u32 parity, std::source_location where = std::source_location::current()) {
  wait_for_phase(barrier, parity, Scope::block, {"mbarrier_wait", where});
}

/// Likewise for arrivals from other blocks of the cluster.
inline void mbarrier_wait_cluster(MBarrier& barrier, u32 parity,
                                  std::source_location where = std::source_location::current()) {
  Block::current("mbarrier_wait_cluster").check_architecture("mbarrier_wait_cluster", 90);
  wait_for_phase(barrier, parity, Scope::cluster, {"mbarrier_wait_cluster", where});
}

/// Arrives once when what this thread has copied with cp_async so far is there; the count of the phase includes it.
inline void cp_async_mbarrier_arrive_noinc(MBarrier& barrier,
                                           std::source_location where = std::source_location::current()) {
  arrive_after_copies(barrier, false, {"cp_async_mbarrier_arrive_noinc", where});
}

/// Likewise, but raises the count of the phase by one at once, so that it need not include it.
inline void cp_async_mbarrier_arrive(MBarrier& barrier, std::source_location where = std::source_location::current()) {
  arrive_after_copies(barrier, true, {"cp_async_mbarrier_arrive", where});
}

}  // namespace heddle::emulated
