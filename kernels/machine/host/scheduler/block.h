// A block of the emulator: its threads, which wait at barriers, in warp collectives, or for what another thread or an
// asynchronous operation will do.
#pragma once

#include <array>
#include <deque>
#include <source_location>
#include <span>
#include <string>

#include "kernels/machine/host/scheduler/barrier.h"
#include "kernels/machine/host/scheduler/fiber.h"
#include "kernels/machine/host/scheduler/grid.h"
#include "kernels/machine/host/scheduler/observer.h"
#include "kernels/machine/host/scheduler/shared_memory.h"
#include "kernels/machine/host/scheduler/warp.h"
#include "kernels/machine/host/warpgroup.h"

namespace heddle::emulated {

constexpr int max_threads_per_block = 1024;

class Cluster;

class Block {
 public:
  /// Prepares block `number` of a launch, of a rank in its cluster: all threads are ready to start.
  void begin(Cluster& cluster, GridLaunch const& launch, u64 number, int rank);
  bool can_run() const { return ready_warps_ != 0; }
  bool ended() const { return exited_ == threads_of_launch_; }
  /// Runs one thread, picked by the cluster, until it waits or ends.
  void step();
  /// Makes all waiting threads end; their destructors run.
  void cancel();
  /// Makes threads that sleep for `object` ready; null: those that poll. False when there are none.
  bool wake(void const* object);
  /// What went wrong in one of its threads; empty when nothing did.
  std::string const& error() const { return error_; }
  void fail_thread(int thread, char const* what);

  /// The block whose thread runs now on this host thread; throws an Error that names the `caller` outside of kernels.
  static Block& current(char const* caller);
  /// The same, but null outside of kernels.
  static Block* running() { return current_; }
  /// The same if somebody watches it, else null. To be null while an access is looked at: the functions that this calls
  /// may be instrumented too, where the linker has kept a kernel's copy of them.
  static Block const*& watched() { return watched_; }

  Cluster& cluster() { return *cluster_; }
  int rank() const { return rank_; }
  std::span<u8> shared() const { return shared_; }
  GridLaunch const& launch() const { return *launch_; }
  int threads() const { return threads_of_launch_; }
  int running_thread() const { return running_; }
  Actor actor() const { return {number_, rank_, running_}; }
  Actor actor(int thread) const { return {number_, rank_, thread}; }
  Warp& warp_of(int thread) { return warps_[static_cast<std::size_t>(thread / warp_size)]; }
  Warp const& warp_of(int thread) const { return warps_[static_cast<std::size_t>(thread / warp_size)]; }
  /// What stands for the copies that a thread has started with cp.async.
  Queue copies_of(int thread) const { return &threads_[static_cast<std::size_t>(thread)]; }
  Warp const& warp(int index) const { return warps_[static_cast<std::size_t>(index)]; }
  /// Likewise for its bulk copies to global memory: what they read of shared memory, and what they write.
  Queue bulk_reads_of(int thread) const { return &threads_[static_cast<std::size_t>(thread)].block; }
  Queue bulk_writes_of(int thread) const { return &threads_[static_cast<std::size_t>(thread)].index; }
  Warpgroup& warpgroup_of(int thread) {
    return warpgroups_[static_cast<std::size_t>(thread / (warps_of_warpgroup * warp_size))];
  }
  RegisterPool& registers() { return registers_; }
  Warp& running_warp() { return warp_of(running_); }

  /// From a thread: waits until `ready()` holds, which another thread or an operation makes so before it notifies
  /// the cluster of the object that is waited for.
  template <class Ready>
  void wait_until(Wait const& wait, Ready ready) {
    while (!ready()) sleep(wait);
  }
  /// From a thread: waits once, until someone notifies the object; without an object, until nobody else can run.
  void sleep(Wait const& wait);

  /// From a thread: comes to barrier `id` of the block, where `count` threads are expected; waits for them if asked to.
  void barrier(int id, int count, bool wait, char const* name, std::source_location where);
  /// From a thread: waits until all lanes of the mask have come to the same collective; its result.
  u64 collective(Request const& request);
  /// Reports an access by one of the machine's own functions, on behalf of the thread that runs or of another.
  void observe(void const* address, std::size_t bytes, AccessKind kind, std::source_location where) {
    observe_for(running_, address, bytes, kind, where);
  }
  void observe_for(int thread, void const* address, std::size_t bytes, AccessKind kind, std::source_location where,
                   bool repeated = false);

  Observer* observer() const { return observer_; }
  /// Whether an address is on the stack of the thread that runs.
  bool is_on_stack(void const* address) const { return running_fiber_->is_on_stack(address); }
  /// Whether an address is no device memory: on that stack, or a parameter of the kernel.
  bool is_private(void const* address) const {
    auto const parameter = static_cast<u8 const*>(address) - static_cast<u8 const*>(launch_->params);
    return is_on_stack(address) || static_cast<std::size_t>(parameter) < launch_->params_bytes;
  }

  /// Throws an Error that names `what` unless `bytes` at the address lie in the shared memory of the block.
  void check_shared(char const* what, void const* address, std::size_t bytes, std::source_location where) const;
  /// Throws an Error that names `what` unless the architecture that is emulated has it.
  void check_architecture(char const* what, int needed) const;

  std::string place() const;
  std::string waits() const;

 private:
  struct Thread {
    Fiber fiber;
    Block* block = nullptr;
    int index = 0;
  };
  struct Cancelled {};  // thrown in threads that wait when another has failed

  static void thread_main(void* argument);
  void call_kernel(int thread);
  void resume(int thread);
  void exit(int thread);
  void fall_asleep(Wait const& wait);
  void suspend();
  void check_arrival(int id, int count, char const* name, std::source_location where) const;
  void check_warps(int id, char const* name, std::source_location where) const;
  void complete_barrier(int id, char const* name, std::source_location where);
  bool can_come(int thread) const { return (warp_of(thread).exited >> (thread % warp_size) & 1u) == 0; }

  static inline constinit thread_local Block* current_ = nullptr;  // whose thread runs now
  // Found without a call: it is asked for at every access.
  [[gnu::tls_model("initial-exec")]] static inline constinit thread_local Block const* watched_ = nullptr;

  Cluster* cluster_ = nullptr;
  GridLaunch const* launch_ = nullptr;
  Observer* observer_ = nullptr;
  uint3 index_;  // blockIdx
  u64 number_ = 0;
  int rank_ = 0;
  int running_ = 0;  // thread
  int threads_of_launch_ = 0;
  SharedMemory memory_;
  std::span<u8> shared_;

  std::deque<Thread> threads_;  // as many as the largest block so far
  std::array<Warp, max_threads_per_block / warp_size> warps_;
  std::array<Warpgroup, max_threads_per_block / (warps_of_warpgroup * warp_size)> warpgroups_;
  RegisterPool registers_;
  unsigned ready_warps_ = 0;  // warps with a lane that is ready
  Fiber const* running_fiber_ = nullptr;
  int exited_ = 0;
  int last_exited_ = 0;
  std::array<NamedBarrier, named_barriers> barriers_;
  bool cancelling_ = false;
  std::string error_;
};

/// Reports an access by the thread that runs on this host thread, if one does.
inline void observe(void const* address, std::size_t bytes, AccessKind kind, std::source_location where) {
  if (Block* const block = Block::running()) block->observe(address, bytes, kind, where);
}

}  // namespace heddle::emulated
