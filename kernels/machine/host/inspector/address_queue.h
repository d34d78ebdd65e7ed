// The addresses that one lane has accessed at one place, in order. Loops mostly step evenly through memory, so that
// runs are kept.
#pragma once

#include <utility>
#include <vector>

#include "kernels/core/types.h"

namespace heddle::emulated {

class AddressQueue {
 public:
  bool empty() const { return last_.count == 0; }

  void push(u64 address) {
    if (address != last_.end) return begin_run(address);
    ++last_.count;
    last_.end += last_.step;
  }

  /// The oldest address; there must be one.
  u64 pop() { return earlier_.empty() ? last_.pop() : pop_earlier(); }

 private:
  struct Run {
    u64 first = 0, step = 0, end = 0;  // end: first + count * step
    u64 count = 0;

    u64 pop() {
      --count;
      return std::exchange(first, first + step);
    }
  };

  [[gnu::noinline]] void begin_run(u64 address) {
    if (last_.count == 1) {
      u64 const step = address - last_.first;
      last_ = {last_.first, step, address + step, 2};
    } else {
      if (!empty()) earlier_.push_back(last_);
      last_ = {address, 0, address, 1};
    }
  }

  [[gnu::noinline]] u64 pop_earlier() {
    Run& run = earlier_[popped_runs_];
    u64 const address = run.pop();
    popped_runs_ += run.count == 0;
    if (popped_runs_ == earlier_.size()) {
      earlier_.clear();
      popped_runs_ = 0;
    }
    return address;
  }

  Run last_;
  std::vector<Run> earlier_;
  std::size_t popped_runs_ = 0;  // of the earlier ones
};

}  // namespace heddle::emulated
