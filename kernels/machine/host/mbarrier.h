// mbarriers of the emulator, behind the functions of mbarrier.cuh: all of a barrier stands in its 8 bytes.
#pragma once

#include <source_location>
#include <string>

#include "kernels/machine/host/scheduler/cluster.h"
#include "kernels/machine/mbarrier.h"

namespace heddle::emulated {

/// Who uses a barrier, for errors and for the observer.
struct BarrierUse {
  char const* name;  // "mbarrier_arrive"
  std::source_location where;
};

/// Whose arrivals a wait takes in: those of the own block, or of the whole cluster.
enum class Scope : u8 { block, cluster };

void start_barrier(MBarrier& barrier, u32 count, BarrierUse use);
void end_barrier(MBarrier& barrier, BarrierUse use);
/// From the thread that runs, at a barrier of its block or of another of the cluster.
void expect_at(MBarrier& barrier, u32 bytes, BarrierUse use);
/// Likewise: expects bytes, then arrives.
void arrive_at(MBarrier& barrier, u32 arrivals, u32 expected_bytes, BarrierUse use);
void arrive_and_drop(MBarrier& barrier, BarrierUse use);
/// The arrival that comes when the copies of the thread that runs have come.
void arrive_after_copies(MBarrier& barrier, bool raises_count, BarrierUse use);
bool has_completed(MBarrier& barrier, u32 parity, Scope scope, BarrierUse use);
/// Lets all others run when the phase has not completed.
bool look_at_phase(MBarrier& barrier, u32 parity, BarrierUse use);
void wait_for_phase(MBarrier& barrier, u32 parity, Scope scope, BarrierUse use);

/// From an asynchronous operation: bytes have been written.
void complete_bytes(Cluster& cluster, MBarrier& barrier, u32 bytes, BarrierUse use);

/// Throws an Error unless a barrier may lie there: at a multiple of 8 bytes of the block's shared memory.
void check_place(Block const& block, MBarrier const& barrier, BarrierUse use);
void check_initialised(MBarrier const& barrier, BarrierUse use);
/// Throws an Error unless the barrier lies in the block's shared memory and has been initialised.
void check_barrier(Block const& block, MBarrier const& barrier, BarrierUse use);
/// Likewise, but in that of any block of its cluster.
void check_barrier_of_cluster(Block& block, MBarrier const& barrier, BarrierUse use);

}  // namespace heddle::emulated
