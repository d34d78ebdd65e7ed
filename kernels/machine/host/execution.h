// How the emulator runs the threads of a block: what a test varies to bring a race to light.
#pragma once

#include "kernels/core/types.h"

namespace heddle::emulated {

/// Which of the threads that can run does so next, each until its next barrier or warp collective:
/// the lowest, the highest, or one drawn at random. Between two barriers, `forward` lets thread 0 finish before thread
/// 1 starts and `reverse` the other way round, so that a missing barrier shows in one of the two.
enum class ThreadOrder : u8 { forward, reverse, random };

struct ExecutionOptions {
  ThreadOrder order = ThreadOrder::forward;
  u64 seed = 0;          // of `random`; a block's schedule depends on the seed and its index only
  int host_threads = 0;  // that blocks are spread over; 0: as many as OpenMP gives
};

/// The options of launches from this host thread.
ExecutionOptions execution_options();

/// Sets the options of this host thread's launches until the end of its scope.
class ScopedExecution {
 public:
  explicit ScopedExecution(ExecutionOptions options);
  ~ScopedExecution();
  ScopedExecution(ScopedExecution const&) = delete;
  ScopedExecution& operator=(ScopedExecution const&) = delete;

 private:
  ExecutionOptions previous_;
};

}  // namespace heddle::emulated
