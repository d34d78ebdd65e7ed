#include "kernels/machine/host/scheduler/block.h"

#include <algorithm>
#include <bit>

#include "kernels/core/error.h"
#include "kernels/machine/host/scheduler/cluster.h"

namespace heddle::emulated {
namespace {

unsigned bit_of(int thread) { return 1u << (thread % warp_size); }

}  // namespace

Block& Block::current(char const* caller) {
  if (current_ == nullptr) fail("[", caller, "] called outside of a kernel");
  return *current_;
}

void Block::begin(Cluster& cluster, GridLaunch const& launch, u64 number, int rank) {
  cluster_ = &cluster;
  launch_ = &launch;
  observer_ = cluster.observer();
  number_ = number;
  index_ = block_index(launch.grid, number);
  rank_ = rank;
  threads_of_launch_ = launch.threads;
  shared_ = memory_.poisoned(launch.shared_bytes);
  while (threads_.size() < static_cast<std::size_t>(launch.threads)) {
    Thread& thread = threads_.emplace_back();
    thread.block = this;
    thread.index = static_cast<int>(threads_.size()) - 1;
  }
  ready_warps_ = 0;
  for (int thread = 0; thread < launch.threads; ++thread) {
    threads_[static_cast<std::size_t>(thread)].fiber.start(thread_main, &threads_[static_cast<std::size_t>(thread)]);
    if (thread % warp_size != 0) continue;
    warp_of(thread).begin(std::min(warp_size, launch.threads - thread));
    ready_warps_ |= 1u << (thread / warp_size);
  }
  for (int thread = 0; thread < launch.threads; thread += warps_of_warpgroup * warp_size) warpgroup_of(thread).begin();
  registers_.begin(launch.threads);
  barriers_ = {};
  exited_ = 0;
  cancelling_ = false;
  error_.clear();
}

void Block::step() {
  int const warp = cluster_->pick(ready_warps_);
  resume(warp * warp_size + cluster_->pick(warps_[static_cast<std::size_t>(warp)].ready));
}

void Block::resume(int thread) {
  Warp& warp = warp_of(thread);
  warp.ready &= ~bit_of(thread);
  if (warp.ready == 0) ready_warps_ &= ~(1u << (thread / warp_size));
  running_ = thread;
  threadIdx = {static_cast<unsigned>(thread), 0, 0};
  blockIdx = index_;
  blockDim = dim3(static_cast<unsigned>(threads_of_launch_));
  gridDim = launch_->grid;
  current_ = this;
  watched_ = observer_ == nullptr ? nullptr : this;
  Fiber& fiber = threads_[static_cast<std::size_t>(thread)].fiber;
  running_fiber_ = &fiber;
  fiber.resume();
  current_ = nullptr;
  watched_ = nullptr;
}

void Block::cancel() {
  cancelling_ = true;
  for (int thread = 0; thread < threads_of_launch_; ++thread)
    if (can_come(thread)) resume(thread);
}

void Block::thread_main(void* argument) {
  Thread const& thread = *static_cast<Thread*>(argument);
  thread.block->call_kernel(thread.index);
}

void Block::call_kernel(int thread) {
  try {
    if (cancelling_) return;
    launch_->body(launch_->params, shared_.data());
    exit(thread);
  } catch (Cancelled const&) {
  } catch (std::exception const& failure) {
    fail_thread(thread, failure.what());
  } catch (...) {
    fail_thread(thread, "threw what is no std::exception");
  }
}

void Block::fail_thread(int thread, char const* what) {
  if (error_.empty()) error_ = place() + " thread " + std::to_string(thread) + ": " + what;
  warp_of(thread).exited |= bit_of(thread);
}

void Block::exit(int thread) {
  ++exited_;
  last_exited_ = thread;
  warp_of(thread).exit(thread % warp_size);
  NamedBarrier const& barrier = barriers_[0];
  if (barrier.arrived > 0 && barrier.expected == threads_of_launch_ && exited_ > barrier.not_waiting)
    fail("returns from the kernel, but thread ", barrier.first, " waits for it in ", barrier.name, " at ",
         describe(barrier.where));
  cluster_->barrier().exit(*this);
  if (ended()) cluster_->operations().block_ends(rank_);
}

void Block::suspend() {
  threads_[static_cast<std::size_t>(running_)].fiber.suspend();
  if (cancelling_) throw Cancelled{};
}

void Block::fall_asleep(Wait const& wait) {
  Warp& warp = running_warp();
  warp.asleep |= bit_of(running_);
  warp.waits[static_cast<std::size_t>(running_ % warp_size)] = wait;
}

void Block::sleep(Wait const& wait) {
  fall_asleep(wait);
  suspend();
}

bool Block::wake(void const* object) {
  unsigned woken = 0;
  for (int first = 0; first < threads_of_launch_; first += warp_size)
    if (warp_of(first).wake(object) != 0) woken |= 1u << (first / warp_size);
  ready_warps_ |= woken;
  return woken != 0;
}

u64 Block::collective(Request const& request) {
  int const thread = running_;
  Warp& warp = warp_of(thread);
  if (warp.arrive(thread % warp_size, request)) {
    ready_warps_ |= 1u << (thread / warp_size);
    if (Observer* const observer = cluster_->observer())
      observer->rendezvous(*this, thread / warp_size, request.mask, *request.collective, request.where);
  }
  suspend();
  return warp.results[static_cast<std::size_t>(thread % warp_size)];
}

void Block::observe_for(int thread, void const* address, std::size_t bytes, AccessKind kind, std::source_location where,
                        bool repeated) {
  if (Observer* const observer = observer_)
    observer->access(actor(thread),
                     {address, static_cast<u32>(bytes), kind, __builtin_return_address(0), where, repeated});
}

void Block::check_shared(char const* what, void const* address, std::size_t bytes, std::source_location where) const {
  auto const offset = static_cast<std::size_t>(static_cast<u8 const*>(address) - shared_.data());
  if (offset > shared_.size() || bytes > shared_.size() - offset)
    fail(what, " at ", describe(where), ": ", bytes, " bytes at ", address, " are not within the ", shared_.size(),
         " bytes of shared memory of the block at ", static_cast<void const*>(shared_.data()));
}

void Block::check_architecture(char const* what, int needed) const {
  int const emulated = cluster_->options().architecture;
  check(emulated >= needed, what, " needs sm_", needed, ", but sm_", emulated, " is emulated");
}

}  // namespace heddle::emulated
