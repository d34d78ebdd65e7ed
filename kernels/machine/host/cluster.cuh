// Clusters: blocks that run at the same time and reach each other's shared memory. sm_90 and later.
// A kernel that wants them has `static constexpr int cluster_size`, in blocks along x: a divisor of gridDim.x, up to 8,
// or 16 where the card allows it.
#pragma once

#include "kernels/core/error.h"
#include "kernels/machine/host/scheduler/cluster.h"

namespace heddle::emulated {

/// The index of this block in its cluster.
inline int cluster_rank() { return Block::current("cluster_rank").rank(); }

/// The blocks of this cluster.
inline int cluster_size() { return Cluster::current("cluster_size").size(); }

/// Comes to the barrier of the cluster; what this thread wrote before is seen by those who wait in it.
/// Throws an Error when this thread has come and not waited.
inline void cluster_arrive(std::source_location where = std::source_location::current()) {
  Block& block = Block::current("cluster_arrive");
  block.cluster().barrier().arrive(block, MemoryOrder::release, where);
}

/// Likewise, but what this thread wrote before need not be seen.
inline void cluster_arrive_relaxed(std::source_location where = std::source_location::current()) {
  Block& block = Block::current("cluster_arrive_relaxed");
  block.cluster().barrier().arrive(block, MemoryOrder::relaxed, where);
}

/// Waits until all threads of the cluster have come to the barrier. Once after each cluster_arrive.
inline void cluster_wait(std::source_location where = std::source_location::current()) {
  Block::current("cluster_wait").cluster().barrier().wait(Block::current("cluster_wait"), where);
}

/// A barrier of all threads of the cluster. No block may end while others still reach its shared memory: end with it.
inline void cluster_sync(std::source_location where = std::source_location::current()) {
  cluster_arrive(where);
  cluster_wait(where);
}

/// What a pointer to this block's shared memory would be in the block of that rank: to be read and written there.
/// Throws an Error for a rank that is not there or a block that has ended.
template <class T>
T* map_shared(T* local, int rank, std::source_location where = std::source_location::current()) {
  Block& block = Block::current("map_shared");
  return reinterpret_cast<T*>(block.cluster().map_shared(block, local, rank, where));
}

}  // namespace heddle::emulated
