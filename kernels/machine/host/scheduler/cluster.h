// The blocks of a cluster, run together on one host thread: between their threads, which are fibers, a scheduler
// switches where they wait. A launch without clusters has clusters of one block.
#pragma once

#include <chrono>
#include <deque>
#include <set>
#include <string>

#include "kernels/machine/host/scheduler/async.h"
#include "kernels/machine/host/scheduler/block.h"
#include "kernels/machine/host/scheduler/cluster_barrier.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "kernels/machine/host/scheduler/grid.h"

namespace heddle::emulated {

constexpr int max_cluster_size = 16;

class Cluster {
 public:
  /// Runs a cluster of a launch to its end, on the stacks of those before it. `number` is its linear index.
  /// Throws an Error that names the kernel, the block and what went wrong; the object is then ready for another.
  void run(GridLaunch const& launch, u64 number, ExecutionOptions const& options);

  /// The cluster whose thread runs now on this host thread; throws an Error that names the `caller` outside of kernels.
  static Cluster& current(char const* caller);

  int size() const { return size_; }
  Block& block(int rank) { return blocks_[static_cast<std::size_t>(rank)]; }
  AsyncOperations& operations() { return operations_; }
  ClusterBarrier& barrier() { return barrier_; }
  /// The mbarriers in the shared memory of the cluster that are initialised.
  std::set<void const*>& mbarriers() { return mbarriers_; }
  ExecutionOptions const& options() const { return options_; }
  Observer* observer() const { return options_.observer; }

  /// Makes all threads of the cluster that wait for `object` look again.
  void notify(void const* object);

  /// The byte of the block of that rank at the place of `local`, which is in the shared memory of `block`.
  /// Throws an Error for a rank that is not there or a block that has ended.
  void* map_shared(Block const& block, void const* local, int rank, std::source_location where);

  /// One of the set bits: the lowest, the highest, or one drawn at random.
  int pick(unsigned candidates);

 private:
  void begin(GridLaunch const& launch, u64 number, ExecutionOptions const& options);
  void run_threads();
  bool unblock();
  void take_failure_of_observer();
  template <class Complete>
  void complete_operation(Complete complete);
  std::string waits();

  ExecutionOptions options_;
  u64 number_ = 0;
  u64 draws_ = 0;  // of the random order, so far
  int size_ = 0;
  int idle_polls_ = 0;  // rounds in which threads only looked again at what did not change
  std::chrono::steady_clock::time_point idle_since_;
  std::deque<Block> blocks_;  // as many as the largest cluster so far
  AsyncOperations operations_;
  ClusterBarrier barrier_;
  std::set<void const*> mbarriers_;
  std::string error_;  // that belongs to no single thread
};

}  // namespace heddle::emulated
