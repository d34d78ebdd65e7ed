// The barrier of a cluster (PTX ISA, barrier.cluster): who has come may do other things before it waits.
#pragma once

#include <source_location>
#include <vector>

#include "kernels/core/types.h"

namespace heddle::emulated {

class Block;
class Cluster;

/// Whether those who wait see what a thread wrote before it came.
enum class MemoryOrder : u8 { release, relaxed };

class ClusterBarrier {
 public:
  void begin(Cluster& cluster, int threads);
  /// From a thread. Throws an Error when it has come and not waited.
  void arrive(Block& block, MemoryOrder order, std::source_location where);
  /// From a thread. Throws an Error when it has not come.
  void wait(Block& block, std::source_location where);
  /// The thread that runs has ended and is no longer counted, nor is its arrival where it did not wait.
  void exit(Block const& block);

 private:
  std::size_t index(Block const& block) const;
  void complete_when_all_came();

  Cluster* cluster_ = nullptr;
  int threads_ = 0;  // of the cluster, that have not ended
  int arrived_ = 0;
  u64 phase_ = 0;
  std::vector<u64> waits_for_;  // the phase that a thread has come to, plus 1; 0: none
};

}  // namespace heddle::emulated
