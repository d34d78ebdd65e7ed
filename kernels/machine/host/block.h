// A block of the emulator: its threads are fibers on one host thread, and a scheduler switches between them
// at barriers and warp collectives.
#pragma once

#include <array>
#include <deque>
#include <source_location>
#include <string>

#include "kernels/machine/host/execution.h"
#include "kernels/machine/host/fiber.h"
#include "kernels/machine/host/grid.h"
#include "kernels/machine/host/warp.h"

namespace heddle::emulated {

constexpr int max_threads_per_block = 1024;

class Block {
 public:
  /// Runs one block of a launch to its end, on the stacks of the blocks before it. `number` is its linear index.
  /// Throws an Error that names the kernel, the block and what went wrong; the object is then ready for another block.
  void run(GridLaunch const& launch, u64 number, ExecutionOptions const& options, void* shared);

  /// The block whose thread runs now on this host thread; throws an Error that names the `caller` outside of kernels.
  static Block& current(char const* caller);

  /// From a thread: waits until all threads of the block have come to the same barrier.
  void barrier(std::source_location where);
  /// From a thread: waits until all lanes of the mask have come to the same collective; its result.
  u64 collective(Request const& request);

 private:
  struct Thread {
    Fiber fiber;
    Block* block = nullptr;
    int index = 0;
  };
  struct Cancelled {};  // thrown in threads that wait when another has failed

  void begin(GridLaunch const& launch, u64 number, ExecutionOptions const& options, void* shared);
  void run_threads();
  int pick(unsigned candidates);
  void step(int thread);
  void cancel();

  static void thread_main(void* argument);
  void call_kernel(int thread);
  void fail_thread(int thread, char const* what);
  void exit(int thread);
  void wait();
  void release_barrier();
  Warp& warp_of(int thread) { return warps_[static_cast<std::size_t>(thread / warp_size)]; }
  std::string place() const;
  std::string waits() const;

  GridLaunch const* launch_ = nullptr;
  ExecutionOptions options_;
  u64 number_ = 0;
  u64 draws_ = 0;  // of the random order, so far
  void* shared_ = nullptr;

  std::deque<Thread> threads_;  // as many as the largest block so far
  std::array<Warp, max_threads_per_block / warp_size> warps_;
  unsigned ready_warps_ = 0;  // warps with a lane that is ready
  int running_ = 0;
  int exited_ = 0;
  int last_exited_ = 0;
  int at_barrier_ = 0;
  int first_at_barrier_ = 0;
  std::source_location barrier_where_;
  bool cancelling_ = false;
  std::string error_;
};

}  // namespace heddle::emulated
