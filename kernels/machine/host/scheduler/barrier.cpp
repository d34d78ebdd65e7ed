// How the threads of a block come to its barriers.
#include "kernels/machine/host/scheduler/barrier.h"

#include <algorithm>
#include <string_view>

#include "kernels/core/error.h"
#include "kernels/machine/host/scheduler/cluster.h"

namespace heddle::emulated {
namespace {

bool same_place(std::source_location const& a, std::source_location const& b) {
  return a.line() == b.line() && a.column() == b.column() && std::string_view(a.file_name()) == b.file_name();
}

}  // namespace

void Block::check_arrival(int id, int count, char const* name, std::source_location where) const {
  if (id < 0 || id >= named_barriers) fail(name, " at ", describe(where), ": a block has barriers 0 to 15: id=", id);
  if (count != threads_of_launch_ && (count < warp_size || count % warp_size != 0 || count > threads_of_launch_))
    fail(name, " at ", describe(where), ": a barrier counts whole warps of the block: threads=", count, " of ",
         threads_of_launch_);
  NamedBarrier const& barrier = barriers_[static_cast<std::size_t>(id)];
  int const counted_before_they_ended = barrier.arrived == 0 ? 0 : barrier.not_waiting;
  if (count == threads_of_launch_ && exited_ > counted_before_they_ended)
    fail(name, " at ", describe(where), ": thread ", last_exited_,
         " has returned from the kernel and will never come to it");
  if (barrier.arrived == 0) return;
  if (barrier.expected != count)
    fail(name, " at ", describe(where), ": barrier ", id, " expects ", count, " threads, but ", barrier.expected,
         " where thread ", barrier.first, " came to it, at ", describe(barrier.where));
  if (id == 0 && count == threads_of_launch_ && !same_place(where, barrier.where))
    fail(name, " in divergent code: at ", describe(where), ", but thread ", barrier.first, " waits in the one at ",
         describe(barrier.where));
}

void Block::barrier(int id, int count, bool wait, char const* name, std::source_location where) {
  check_arrival(id, count, name, where);
  NamedBarrier& barrier = barriers_[static_cast<std::size_t>(id)];
  if (barrier.arrived == 0) barrier = {count, 0, 0, running_, name, where, {}};
  ++barrier.arrived;
  ++barrier.of_warp[static_cast<std::size_t>(running_ / warp_size)];
  barrier.not_waiting += wait ? 0 : 1;
  if (Observer* const observer = cluster_->observer()) observer->released(actor(), &barrier);
  if (wait) fall_asleep({name, &barrier, where});
  if (barrier.arrived == barrier.expected) complete_barrier(id, name, where);
  if (wait) suspend();
}

void Block::check_warps(int id, char const* name, std::source_location where) const {
  for (int first = 0; first < threads_of_launch_; first += warp_size) {
    int const came = barriers_[static_cast<std::size_t>(id)].of_warp[static_cast<std::size_t>(first / warp_size)];
    if (came % std::min(warp_size, threads_of_launch_ - first) != 0)
      fail(name, " in divergent code at ", describe(where), ": barrier ", id, " takes whole warps, but of warp ",
           first / warp_size, " ", came, " threads have come");
  }
}

void Block::complete_barrier(int id, char const* name, std::source_location where) {
  check_warps(id, name, where);
  NamedBarrier& barrier = barriers_[static_cast<std::size_t>(id)];
  if (Observer* const observer = cluster_->observer()) {
    observer->barrier_completes(*this, &barrier, name, where);
    observer->published(&barrier);
    for (int thread = 0; thread < threads_of_launch_; ++thread) {
      Warp const& warp = warp_of(thread);
      if ((warp.asleep >> (thread % warp_size) & 1u) != 0 &&
          warp.waits[static_cast<std::size_t>(thread % warp_size)].object == &barrier)
        observer->acquired(actor(thread), &barrier);
    }
  }
  barrier.arrived = 0;
  wake(&barrier);
}

}  // namespace heddle::emulated
