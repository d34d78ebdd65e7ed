#include "kernels/machine/host/scheduler/cluster_barrier.h"

#include "kernels/core/error.h"
#include "kernels/machine/host/scheduler/cluster.h"

namespace heddle::emulated {

void ClusterBarrier::begin(Cluster& cluster, int threads) {
  cluster_ = &cluster;
  threads_ = threads;
  arrived_ = 0;
  phase_ = 0;
  waits_for_.assign(static_cast<std::size_t>(threads), 0);
}

std::size_t ClusterBarrier::index(Block const& block) const {
  return static_cast<std::size_t>(block.rank() * block.threads() + block.running_thread());
}

void ClusterBarrier::arrive(Block& block, MemoryOrder order, std::source_location where) {
  block.check_architecture("cluster_arrive", 90);
  u64& waits_for = waits_for_[index(block)];
  if (waits_for != 0) fail("cluster_arrive at ", describe(where), ": this thread has come before and not waited");
  waits_for = phase_ + 1;
  ++arrived_;
  if (Observer* const observer = cluster_->observer()) {
    if (order == MemoryOrder::release)
      observer->released(block.actor(), this);
    else
      observer->released_relaxed(block.actor(), this);
  }
  complete_when_all_came();
}

void ClusterBarrier::wait(Block& block, std::source_location where) {
  u64& waits_for = waits_for_[index(block)];
  if (waits_for == 0) fail("cluster_wait at ", describe(where), ": this thread has not come to the barrier");
  block.wait_until({"cluster_wait", this, where}, [&] { return phase_ >= waits_for; });
  waits_for = 0;
  if (Observer* const observer = cluster_->observer()) observer->acquired(block.actor(), this);
}

void ClusterBarrier::exit(Block const& block) {
  --threads_;
  if (waits_for_[index(block)] == phase_ + 1) --arrived_;
  if (arrived_ > 0) complete_when_all_came();
}

void ClusterBarrier::complete_when_all_came() {
  if (arrived_ < threads_) return;
  arrived_ = 0;
  ++phase_;
  if (Observer* const observer = cluster_->observer()) observer->published(this);
  cluster_->notify(this);
}

}  // namespace heddle::emulated
