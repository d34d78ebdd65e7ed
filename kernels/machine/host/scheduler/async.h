// Asynchronous operations in flight, and when they are carried out.
//
// Work is issued to a queue, whose open group it joins; a commit closes the group; who waits for a group waits for
// those before it in the same queue. A queue is named by the address of an object that stands for it.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "kernels/core/philox.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "kernels/machine/host/scheduler/observer.h"

namespace heddle::emulated {

struct Operation {
  char const* name;            // for errors: "cp_async"
  std::source_location where;  // of its issue
  Actor issuer;
  Queue queue;
  bool async_proxy = false;       // reads what was written before a proxy fence: bulk copies and wgmma do
  Queue after = nullptr;          // whose operations of the same group, and of those before, come first
  bool in_order = false;          // among the operations of its queue, as wgmma is
  bool outlives_block = true;     // whether the block may end before it is carried out
  std::function<void()> perform;  // throws an Error
};

class AsyncOperations {
 public:
  /// A new cluster: nothing is in flight.
  void begin(ExecutionOptions const& options, u64 cluster);

  bool eager() const { return options_.completion == Completion::eager; }

  /// Adds the operation to the open group of its queue, and carries it out when operations are eager.
  void issue(Operation operation);
  /// Closes the open group of a queue, which may be empty.
  void commit(Queue queue);
  /// From `actor`: carries out all groups of the queue but the newest `pending` closed ones. An open group stays.
  void wait(Actor actor, Queue queue, int pending);
  /// Likewise the first `count` groups of the queue, be they closed or not.
  void wait_for_groups(Actor actor, Queue queue, u64 count);
  /// Number of the open group of a queue: those with lower numbers are closed.
  u64 open_group(Queue queue) const;

  /// The last that was issued of those in flight; null when none is.
  Operation const* newest() const;
  /// Called when no thread can run: carries out one operation, the newest that may be. False when there is none.
  bool complete_one();
  /// Called now and then: carries out one at random, when the options say so.
  void complete_sometimes();
  /// Called when a block has ended. Throws an Error that names an operation that may not outlive it.
  void block_ends(int rank);

 private:
  struct Pending {
    Operation operation;
    u64 group;
    u64 number;
  };
  bool may_complete(std::size_t index) const;
  void complete(std::size_t index);
  void perform(Operation const& operation, u64 number);

  ExecutionOptions options_;
  u64 cluster_ = 0;
  u64 draws_ = 0;
  u64 issued_ = 0;
  std::map<Queue, u64> open_group_;
  std::vector<Pending> pending_;
};

}  // namespace heddle::emulated
