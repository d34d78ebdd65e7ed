#include "kernels/machine/host/scheduler/async.h"

#include <algorithm>

#include "kernels/core/error.h"
#include "kernels/machine/host/scheduler/warp.h"

namespace heddle::emulated {

void AsyncOperations::begin(ExecutionOptions const& options, u64 cluster) {
  options_ = options;
  cluster_ = cluster;
  draws_ = issued_ = 0;
  open_group_.clear();
  pending_.clear();
}

u64 AsyncOperations::open_group(Queue queue) const {
  auto const found = open_group_.find(queue);
  return found == open_group_.end() ? 0 : found->second;
}

void AsyncOperations::issue(Operation operation) {
  u64 const number = issued_++, group = open_group(operation.queue);
  if (options_.observer != nullptr) options_.observer->operation_issued(operation, group, number);
  if (eager())
    perform(operation, number);
  else
    pending_.push_back({std::move(operation), group, number});
}

void AsyncOperations::commit(Queue queue) { ++open_group_[queue]; }

void AsyncOperations::wait(Actor actor, Queue queue, int pending) {
  u64 const open = open_group(queue), kept = static_cast<u64>(pending);
  if (open > kept) wait_for_groups(actor, queue, open - kept);
}

void AsyncOperations::wait_for_groups(Actor actor, Queue queue, u64 count) {
  for (std::size_t i = 0; i < pending_.size();) {
    if (pending_[i].operation.queue == queue && pending_[i].group < count)
      complete(i);
    else
      ++i;
  }
  if (options_.observer != nullptr) options_.observer->group_awaited(actor, queue, count - 1);
}

bool AsyncOperations::may_complete(std::size_t index) const {
  Pending const& pending = pending_[index];
  auto const comes_before = [&](Pending const& other) {
    Queue const queue = other.operation.queue;
    return (pending.operation.in_order && queue == pending.operation.queue && other.number < pending.number) ||
           (queue == pending.operation.after && other.group <= pending.group);
  };
  return std::none_of(pending_.begin(), pending_.end(), comes_before);
}

void AsyncOperations::complete(std::size_t index) {
  Pending const done = std::move(pending_[index]);
  pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(index));
  perform(done.operation, done.number);
}

void AsyncOperations::perform(Operation const& operation, u64 number) {
  Observer* const observer = options_.observer;
  if (observer != nullptr) observer->operation_begins(number);
  operation.perform();
  if (observer != nullptr) observer->operation_ends();
}

Operation const* AsyncOperations::newest() const { return pending_.empty() ? nullptr : &pending_.back().operation; }

bool AsyncOperations::complete_one() {
  for (std::size_t i = pending_.size(); i-- > 0;) {
    if (!may_complete(i)) continue;
    complete(i);
    return true;
  }
  return false;
}

void AsyncOperations::complete_sometimes() {
  if (options_.completion != Completion::random || pending_.empty()) return;
  auto const words = philox(options_.seed, cluster_, draws_++);
  if (words[0] % 4 != 0) return;
  std::size_t const index = uniform_below(words[1], static_cast<u32>(pending_.size()));
  if (may_complete(index)) complete(index);
}

void AsyncOperations::block_ends(int rank) {
  for (Pending const& pending : pending_) {
    Operation const& operation = pending.operation;
    if (operation.issuer.rank == rank && !operation.outlives_block)
      fail("returns as the last thread of its block, whose shared memory ", operation.name, " from ",
           describe(operation.where), " (thread ", operation.issuer.thread, ") still uses: wait for it before");
  }
}

}  // namespace heddle::emulated
