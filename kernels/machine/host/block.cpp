#include "kernels/machine/host/block.h"

#include <algorithm>
#include <bit>
#include <string_view>

#include "kernels/core/error.h"
#include "kernels/core/philox.h"

namespace heddle::emulated {
namespace {

thread_local Block* current_block = nullptr;

uint3 block_index(dim3 grid, u64 number) {
  return {static_cast<unsigned>(number % grid.x), static_cast<unsigned>(number / grid.x % grid.y),
          static_cast<unsigned>(number / grid.x / grid.y)};
}

bool same_place(std::source_location const& a, std::source_location const& b) {
  return a.line() == b.line() && a.column() == b.column() && std::string_view(a.file_name()) == b.file_name();
}

}  // namespace

Block& Block::current(char const* caller) {
  if (current_block == nullptr) fail("[", caller, "] called outside of a kernel");
  return *current_block;
}

void Block::run(GridLaunch const& launch, u64 number, ExecutionOptions const& options, void* shared) {
  if (current_block != nullptr) fail("[", launch.name, "] launched from inside of a kernel");
  begin(launch, number, options, shared);
  current_block = this;
  run_threads();
  if (!error_.empty()) cancel();
  current_block = nullptr;
  if (!error_.empty()) throw Error(error_);
}

void Block::begin(GridLaunch const& launch, u64 number, ExecutionOptions const& options, void* shared) {
  launch_ = &launch;
  options_ = options;
  number_ = number;
  draws_ = 0;
  shared_ = shared;
  while (threads_.size() < static_cast<std::size_t>(launch.threads)) {
    Thread& thread = threads_.emplace_back();
    thread.block = this;
    thread.index = static_cast<int>(threads_.size()) - 1;
  }
  for (int thread = 0; thread < launch.threads; ++thread)
    threads_[static_cast<std::size_t>(thread)].fiber.start(thread_main, &threads_[static_cast<std::size_t>(thread)]);

  ready_warps_ = 0;
  for (int first = 0; first < launch.threads; first += warp_size) {
    warp_of(first).begin(std::min(warp_size, launch.threads - first));
    ready_warps_ |= 1u << (first / warp_size);
  }
  exited_ = at_barrier_ = 0;
  cancelling_ = false;
  error_.clear();
  blockIdx = block_index(launch.grid, number);
  blockDim = dim3(static_cast<unsigned>(launch.threads));
  gridDim = launch.grid;
}

void Block::run_threads() {
  while (exited_ < launch_->threads && error_.empty()) {
    if (ready_warps_ == 0) {
      error_ = place() + ": deadlock: " + waits();
      return;
    }
    int const warp = pick(ready_warps_);
    step(warp * warp_size + pick(warps_[static_cast<std::size_t>(warp)].ready));
  }
}

int Block::pick(unsigned candidates) {
  if (options_.order == ThreadOrder::forward) return std::countr_zero(candidates);
  if (options_.order == ThreadOrder::reverse) return 31 - std::countl_zero(candidates);
  u32 const word = philox(options_.seed, number_, draws_++)[0];
  for (u32 skipped = uniform_below(word, static_cast<u32>(std::popcount(candidates))); skipped > 0; --skipped)
    candidates &= candidates - 1;
  return std::countr_zero(candidates);
}

void Block::step(int thread) {
  Warp& warp = warp_of(thread);
  warp.ready &= ~(1u << (thread % warp_size));
  if (warp.ready == 0) ready_warps_ &= ~(1u << (thread / warp_size));
  running_ = thread;
  threadIdx = {static_cast<unsigned>(thread), 0, 0};
  threads_[static_cast<std::size_t>(thread)].fiber.resume();
}

void Block::cancel() {
  cancelling_ = true;
  for (int thread = 0; thread < launch_->threads; ++thread)
    if ((warp_of(thread).exited >> (thread % warp_size) & 1u) == 0) step(thread);
}

void Block::thread_main(void* argument) {
  Thread const& thread = *static_cast<Thread*>(argument);
  thread.block->call_kernel(thread.index);
}

void Block::call_kernel(int thread) {
  try {
    if (cancelling_) return;
    launch_->body(launch_->params, shared_);
    exit(thread);
  } catch (Cancelled const&) {
  } catch (std::exception const& failure) {
    fail_thread(thread, failure.what());
  } catch (...) {
    fail_thread(thread, "threw what is no std::exception");
  }
}

void Block::fail_thread(int thread, char const* what) {
  error_ = place() + " thread " + std::to_string(thread) + ": " + what;
  warp_of(thread).exited |= 1u << (thread % warp_size);
}

void Block::exit(int thread) {
  ++exited_;
  last_exited_ = thread;
  warp_of(thread).exit(thread % warp_size);
  if (at_barrier_ > 0)
    fail("returns from the kernel, but thread ", first_at_barrier_, " waits for it in __syncthreads at ",
         describe(barrier_where_));
}

void Block::wait() {
  threads_[static_cast<std::size_t>(running_)].fiber.suspend();
  if (cancelling_) throw Cancelled{};
}

void Block::barrier(std::source_location where) {
  if (exited_ > 0)
    fail("__syncthreads at ", describe(where), ": thread ", last_exited_,
         " has returned from the kernel and will never come to it");
  if (at_barrier_ == 0) {
    first_at_barrier_ = running_;
    barrier_where_ = where;
  } else if (!same_place(where, barrier_where_)) {
    fail("__syncthreads in divergent code: at ", describe(where), ", but thread ", first_at_barrier_,
         " waits in the one at ", describe(barrier_where_));
  }
  ++at_barrier_;
  warp_of(running_).at_barrier |= 1u << (running_ % warp_size);
  if (at_barrier_ == launch_->threads) release_barrier();
  wait();
}

void Block::release_barrier() {
  at_barrier_ = 0;
  for (int first = 0; first < launch_->threads; first += warp_size) {
    warp_of(first).at_barrier = 0;
    warp_of(first).ready = warp_of(first).present;
    ready_warps_ |= 1u << (first / warp_size);
  }
}

u64 Block::collective(Request const& request) {
  int const thread = running_;
  Warp& warp = warp_of(thread);
  warp.arrive(thread % warp_size, request);
  if (warp.ready != 0) ready_warps_ |= 1u << (thread / warp_size);
  wait();
  return warp.results[static_cast<std::size_t>(thread % warp_size)];
}

}  // namespace heddle::emulated
