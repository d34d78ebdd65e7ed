#include "kernels/machine/host/scheduler/cluster.h"

#include <bit>
#include <thread>

#include "kernels/core/error.h"
#include "kernels/core/philox.h"

namespace heddle::emulated {
namespace {

/// Rounds in which threads only polled, and the time that they took, until this is called a deadlock: what they poll
/// may come from another block, which runs on another host thread.
constexpr int max_idle_polls = 1000;
constexpr std::chrono::seconds max_idle_time{2};

/// The linear index of the block of a rank in cluster `number`; clusters are made along x.
u64 block_number(GridLaunch const& launch, u64 number, int rank) {
  u64 const clusters_along_x = launch.grid.x / static_cast<unsigned>(launch.cluster_size);
  u64 const x = number % clusters_along_x * static_cast<u64>(launch.cluster_size) + static_cast<u64>(rank);
  return number / clusters_along_x * launch.grid.x + x;
}

}  // namespace

Cluster& Cluster::current(char const* caller) { return Block::current(caller).cluster(); }

void Cluster::run(GridLaunch const& launch, u64 number, ExecutionOptions const& options) {
  begin(launch, number, options);
  run_threads();
  std::string error = std::move(error_);
  for (int rank = 0; rank < size_; ++rank)
    if (error.empty()) error = block(rank).error();
  if (!error.empty())
    for (int rank = 0; rank < size_; ++rank) block(rank).cancel();
  if (options_.observer != nullptr) options_.observer->cluster_ends();
  if (!error.empty()) throw Error(error);
}

void Cluster::begin(GridLaunch const& launch, u64 number, ExecutionOptions const& options) {
  options_ = options;
  number_ = number;
  draws_ = 0;
  size_ = launch.cluster_size;
  idle_polls_ = 0;
  error_.clear();
  mbarriers_.clear();
  while (static_cast<int>(blocks_.size()) < size_) blocks_.emplace_back();
  for (int rank = 0; rank < size_; ++rank) block(rank).begin(*this, launch, block_number(launch, number, rank), rank);
  operations_.begin(options, number);
  barrier_.begin(*this, size_ * launch.threads);
  if (options_.observer != nullptr) options_.observer->cluster_begins(*this);
}

void Cluster::run_threads() {
  for (;;) {
    unsigned can_run = 0;
    bool ended = true;
    for (int rank = 0; rank < size_; ++rank) {
      can_run |= static_cast<unsigned>(block(rank).can_run()) << rank;
      ended &= block(rank).ended();
    }
    if (can_run != 0) {
      Block& next = block(pick(can_run));
      next.step();
      if (!next.error().empty()) return;
      complete_operation([&] { operations_.complete_sometimes(); });
      take_failure_of_observer();
    } else if (ended && !operations_.newest()) {
      return;
    } else if (!unblock() && error_.empty()) {
      error_ = block(0).place() + ": deadlock: " + waits();
    }
    if (!error_.empty()) return;
  }
}

bool Cluster::unblock() {
  bool polled = false;
  for (int rank = 0; rank < size_; ++rank) polled |= block(rank).wake(nullptr);
  bool completed = false;
  complete_operation([&] { completed = operations_.complete_one(); });
  take_failure_of_observer();
  if (completed) idle_polls_ = 0;
  if (++idle_polls_ == 1) idle_since_ = std::chrono::steady_clock::now();
  if (!polled || idle_polls_ < max_idle_polls) return completed || polled;
  std::this_thread::yield();
  return std::chrono::steady_clock::now() - idle_since_ < max_idle_time;
}

void Cluster::take_failure_of_observer() {
  if (options_.observer == nullptr || !error_.empty()) return;
  if (std::string const* const failure = options_.observer->failure()) error_ = *failure;
}

template <class Complete>
void Cluster::complete_operation(Complete complete) {
  try {
    complete();
  } catch (std::exception const& failure) {
    error_ = block(0).place() + ": " + failure.what();
  }
}

void Cluster::notify(void const* object) {
  idle_polls_ = 0;
  for (int rank = 0; rank < size_; ++rank) block(rank).wake(object);
}

void* Cluster::map_shared(Block const& from, void const* local, int rank, std::source_location where) {
  if (rank < 0 || rank >= size_)
    fail("map_shared at ", describe(where), ": the cluster has ", size_, " blocks: rank=", rank);
  from.check_shared("map_shared", local, 1, where);
  if (block(rank).ended())
    fail("map_shared at ", describe(where), ": block ", rank,
         " of the cluster has ended, and its shared memory with it: end with cluster_sync");
  return block(rank).shared().data() + (static_cast<u8 const*>(local) - from.shared().data());
}

int Cluster::pick(unsigned candidates) {
  if (options_.order == ThreadOrder::forward || std::has_single_bit(candidates)) return std::countr_zero(candidates);
  if (options_.order == ThreadOrder::reverse) return 31 - std::countl_zero(candidates);
  u32 const word = philox(options_.seed, number_, draws_++)[0];
  for (u32 skipped = uniform_below(word, static_cast<u32>(std::popcount(candidates))); skipped > 0; --skipped)
    candidates &= candidates - 1;
  return std::countr_zero(candidates);
}

std::string Cluster::waits() {
  std::string text;
  for (int rank = 0; rank < size_; ++rank) {
    if (block(rank).ended()) continue;
    if (rank > 0) text += (text.empty() ? "" : "; ") + block(rank).place() + ": ";
    text += block(rank).waits();
  }
  return text;
}

}  // namespace heddle::emulated
