#include "kernels/machine/host/grid.h"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

#include "kernels/core/error.h"
#include "kernels/machine/host/block.h"

namespace heddle::emulated {
namespace {

constexpr std::size_t max_shared_bytes = 227 * 1024;  // of sm_90; sm_80 has 163 KB
constexpr std::align_val_t shared_alignment{1024};    // what the strictest asynchronous copy asks for
constexpr int max_live_threads = 16384;               // each has a stack and a guard page of its own

void check_limits(GridLaunch const& launch) {
  check(launch.threads >= 1 && launch.threads <= max_threads_per_block, "[", launch.name,
        "] a block has 1 to 1024 threads: threads=", launch.threads);
  check(launch.shared_bytes <= max_shared_bytes, "[", launch.name, "] a block has at most ", max_shared_bytes,
        " bytes of shared memory: SharedStorage=", launch.shared_bytes);
  dim3 const grid = launch.grid;
  check(grid.x >= 1 && grid.y >= 1 && grid.z >= 1 && grid.x <= 0x7fffffffu && grid.y <= 65535 && grid.z <= 65535, "[",
        launch.name, "] a grid has 1 to 2147483647 x 65535 x 65535 blocks: grid=", grid.x, " x ", grid.y, " x ",
        grid.z);
}

/// The shared memory of one block at a time, of exactly the size asked for, so that AddressSanitizer sees its end.
class SharedMemory {
 public:
  explicit SharedMemory(std::size_t bytes) : bytes_(bytes), data_(::operator new(bytes, shared_alignment)) {}
  ~SharedMemory() { ::operator delete(data_, shared_alignment); }
  SharedMemory(SharedMemory const&) = delete;
  SharedMemory& operator=(SharedMemory const&) = delete;

  /// All bits one: NaN in every floating-point type.
  void* poisoned() { return std::memset(data_, 0xff, bytes_); }

 private:
  std::size_t bytes_;
  void* data_;
};

/// The failure of the first block that failed. Blocks are given out in order, so that it is the same in every run.
class FirstFailure {
 public:
  bool before(u64 block) const { return block_.load(std::memory_order_relaxed) < block; }
  void record(u64 block, std::string const& text) {
#pragma omp critical(heddle_emulator_failure)
    if (block < block_) {
      block_ = block;
      text_ = text;
    }
  }
  void raise() const {
    if (!text_.empty()) throw Error(text_);
  }

 private:
  std::atomic<u64> block_ = std::numeric_limits<u64>::max();
  std::string text_;
};

thread_local Block block_of_this_host_thread;

}  // namespace

void run_grid(GridLaunch const& launch) {
  check_limits(launch);
  ExecutionOptions const options = execution_options();
  u64 const blocks = u64{launch.grid.x} * launch.grid.y * launch.grid.z;
  int const wanted = options.host_threads > 0 ? options.host_threads : omp_get_max_threads();
  int const host_threads =
      static_cast<int>(std::min(blocks, static_cast<u64>(std::min(max_live_threads / launch.threads, wanted))));
  FirstFailure failure;
#pragma omp parallel num_threads(host_threads)
  {
    SharedMemory shared(launch.shared_bytes);
#pragma omp for schedule(dynamic)
    for (u64 number = 0; number < blocks; ++number) {
      if (failure.before(number)) continue;
      try {
        block_of_this_host_thread.run(launch, number, options, shared.poisoned());
      } catch (std::exception const& error) {
        failure.record(number, error.what());
      }
    }
  }
  failure.raise();
}

}  // namespace heddle::emulated
