#include "kernels/machine/host/scheduler/grid.h"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <limits>

#include "kernels/core/error.h"
#include "kernels/machine/host/scheduler/cluster.h"

namespace heddle::emulated {
namespace {

constexpr int max_live_threads = 16384;  // each has a stack and a guard page of its own

std::size_t max_shared_bytes(int architecture) { return (architecture >= 90 ? 227 : 163) * 1024; }

void check_cluster(GridLaunch const& launch, int architecture) {
  int const size = launch.cluster_size;
  if (size == 1) return;
  check(architecture >= 90, "[", launch.name, "] clusters need sm_90, but sm_", architecture, " is emulated");
  check(size >= 1 && size <= max_cluster_size, "[", launch.name, "] a cluster has 1 to 16 blocks: cluster_size=", size);
  check(launch.grid.x % static_cast<unsigned>(size) == 0, "[", launch.name,
        "] the grid is not made of whole clusters: grid.x=", launch.grid.x, ", cluster_size=", size);
}

void check_limits(GridLaunch const& launch, int architecture) {
  check(launch.threads >= 1 && launch.threads <= max_threads_per_block, "[", launch.name,
        "] a block has 1 to 1024 threads: threads=", launch.threads);
  check(launch.shared_bytes <= max_shared_bytes(architecture), "[", launch.name, "] a block of sm_", architecture,
        " has at most ", max_shared_bytes(architecture),
        " bytes of shared memory: SharedStorage=", launch.shared_bytes);
  dim3 const grid = launch.grid;
  check(grid.x >= 1 && grid.y >= 1 && grid.z >= 1 && grid.x <= 0x7fffffffu && grid.y <= 65535 && grid.z <= 65535, "[",
        launch.name, "] a grid has 1 to 2147483647 x 65535 x 65535 blocks: grid=", grid.x, " x ", grid.y, " x ",
        grid.z);
  check_cluster(launch, architecture);
}

int host_threads(GridLaunch const& launch, ExecutionOptions const& options, u64 clusters) {
  if (options.observer != nullptr) return 1;
  int const wanted = options.host_threads > 0 ? options.host_threads : omp_get_max_threads();
  int const held = std::max(1, max_live_threads / (launch.threads * launch.cluster_size));
  return static_cast<int>(std::min(clusters, static_cast<u64>(std::min(held, wanted))));
}

/// The failure of the first cluster that failed. They are given out in order, so that it is the same in every run.
class FirstFailure {
 public:
  bool before(u64 cluster) const { return cluster_.load(std::memory_order_relaxed) < cluster; }
  void record(u64 cluster, std::string const& text) {
#pragma omp critical(heddle_emulator_failure)
    if (cluster < cluster_) {
      cluster_ = cluster;
      text_ = text;
    }
  }
  void raise() const {
    if (!text_.empty()) throw Error(text_);
  }

 private:
  std::atomic<u64> cluster_ = std::numeric_limits<u64>::max();
  std::string text_;
};

thread_local Cluster cluster_of_this_host_thread;

}  // namespace

void run_grid(GridLaunch const& launch) {
  check(Block::running() == nullptr, "[", launch.name, "] launched from inside of a kernel");
  ExecutionOptions const options = execution_options();
  check_limits(launch, options.architecture);
  u64 const blocks = u64{launch.grid.x} * launch.grid.y * launch.grid.z;
  u64 const clusters = blocks / static_cast<u64>(launch.cluster_size);
  FirstFailure failure;
  if (options.observer != nullptr) options.observer->launch_begins(launch);
#pragma omp parallel for num_threads(host_threads(launch, options, clusters)) schedule(dynamic)
  for (u64 number = 0; number < clusters; ++number) {
    if (failure.before(number)) continue;
    try {
      cluster_of_this_host_thread.run(launch, number, options);
    } catch (std::exception const& error) {
      failure.record(number, error.what());
    }
  }
  if (options.observer != nullptr) options.observer->launch_ends();
  failure.raise();
}

}  // namespace heddle::emulated
