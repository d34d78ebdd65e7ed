// The 16 barriers of a block beyond __syncthreads, which is barrier 0 (PTX ISA, bar.sync and bar.arrive).
#pragma once

#include "kernels/machine/host/scheduler/block.h"

namespace heddle::emulated {

/// Waits until `threads` threads, whole warps of them, have come to barrier `id` of the block. Memory is ordered.
/// Throws an Error for an id beyond 15, a count that is no multiple of 32, or one that differs from who came before.
inline void barrier_sync(int id, int threads, std::source_location where = std::source_location::current()) {
  Block::current("barrier_sync").barrier(id, threads, true, "barrier_sync", where);
}

/// Comes to barrier `id` without waiting: others of the `threads` threads wait in barrier_sync.
inline void barrier_arrive(int id, int threads, std::source_location where = std::source_location::current()) {
  Block::current("barrier_arrive").barrier(id, threads, false, "barrier_arrive", where);
}

}  // namespace heddle::emulated
