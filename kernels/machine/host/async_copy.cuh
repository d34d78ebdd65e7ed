// Copies from global to shared memory that a thread starts and goes on (PTX ISA, cp.async): sm_80 and later.
#pragma once

#include "kernels/machine/host/async_copy.h"

namespace heddle::emulated {

/// Starts the copy of `bytes` (4, 8 or 16) to shared memory; of them only `valid` are read, and zeros follow. Both
/// addresses are multiples of `bytes`.
/// Throws an Error for an address that is not, one outside of the block's shared memory, and `valid` beyond `bytes`.
template <int bytes>
void cp_async(void* shared, void const* global, int valid = bytes,
              std::source_location where = std::source_location::current()) {
  static_assert(bytes == 4 || bytes == 8 || bytes == 16);
  start_copy(shared, global, bytes, valid, where);
}

/// Closes this thread's group of copies, which may be empty.
inline void cp_async_commit() { close_copies(); }

/// Waits until at most the newest `pending` groups of this thread are in flight. Other threads see what has arrived
/// after a barrier.
template <int pending>
void cp_async_wait() {
  static_assert(pending >= 0);
  wait_for_copies(pending);
}

}  // namespace heddle::emulated
