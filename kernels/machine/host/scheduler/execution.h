// How the emulator runs a kernel: what a test varies to bring a race to light.
#pragma once

#include <string>
#include <vector>

#include "kernels/core/types.h"

namespace heddle::emulated {

class Observer;

/// Which of the threads that can run does so next, each until it must wait:
/// the lowest, the highest, or one drawn at random. Between two barriers, `forward` lets thread 0 finish before thread
/// 1 starts and `reverse` the other way round, so that a missing barrier shows in one of the two.
enum class ThreadOrder : u8 { forward, reverse, random };

/// When asynchronous work (cp.async, bulk copies, wgmma) is carried out: at its issue, at the last moment that the
/// rules allow (when its issuer waits for it, or when no thread can go on without it), or at one drawn at random. Until
/// then its destination is poisoned, unless it is eager.
enum class Completion : u8 { eager, late, random };

struct ExecutionOptions {
  ThreadOrder order = ThreadOrder::forward;
  u64 seed = 0;          // of `random`; a block's schedule depends on the seed and its index only
  int host_threads = 0;  // that blocks are spread over; 0: as many as OpenMP gives
  Completion completion = Completion::eager;
  int architecture = 90;         // 80 or 90: what the kernel may ask for, and how much of it
  Observer* observer = nullptr;  // sees every event of the launch, which then runs on one host thread
};

/// "reverse order, late completion".
std::string describe(ExecutionOptions const& options);

/// The ways in which a test runs a kernel by default: each order and each completion at least once.
std::vector<ExecutionOptions> adversarial_executions();

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
