// How the emulator runs a block: the order of its threads, what shared memory starts with, independence of blocks.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/machine/device.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "kernels/machine/machine.cuh"
#include "tests/support/device_buffer.h"

namespace heddle::emulated {
namespace {

/// Each thread hands its index to its neighbour through shared memory, with or without the barrier that this takes.
template <bool with_barrier, int step>
struct Neighbour {
  static constexpr int threads = 64;
  struct Params {
    f32* result;  // [64]
  };
  struct SharedStorage {
    f32 values[threads];
  };
  void operator()(Params const& p, SharedStorage& shared) const {
    shared.values[threadIdx.x] = static_cast<f32>(threadIdx.x);
    if (with_barrier) __syncthreads();
    p.result[threadIdx.x] = shared.values[(threadIdx.x + threads + step) % threads];
  }
};

template <class Kernel>
int wrong_values(ThreadOrder order, int step) {
  ScopedExecution const execution({.order = order, .seed = 1, .host_threads = 0});
  heddle::testing::DeviceBuffer<f32> result(memory, 64);
  launch<Kernel>(1, {result.data()}, {}, "neighbour");
  int wrong = 0;
  std::vector<f32> const values = result.read();
  for (int i = 0; i < 64; ++i)
    wrong += values[static_cast<std::size_t>(i)] == static_cast<f32>((i + 64 + step) % 64) ? 0 : 1;
  return wrong;
}

TEST(Emulator, MissingBarrierShows) {
  EXPECT_EQ((wrong_values<Neighbour<false, 1>>(ThreadOrder::forward, 1)), 63);
  EXPECT_EQ((wrong_values<Neighbour<false, 1>>(ThreadOrder::reverse, 1)), 1);
  EXPECT_EQ((wrong_values<Neighbour<false, -1>>(ThreadOrder::forward, -1)), 1);
  EXPECT_EQ((wrong_values<Neighbour<false, -1>>(ThreadOrder::reverse, -1)), 63);
  int const random = wrong_values<Neighbour<false, 1>>(ThreadOrder::random, 1);
  EXPECT_GT(random, 10);
  EXPECT_LT(random, 54);
}

TEST(Emulator, BarrierCuresIt) {
  for (ThreadOrder const order : {ThreadOrder::forward, ThreadOrder::reverse, ThreadOrder::random}) {
    EXPECT_EQ((wrong_values<Neighbour<true, 1>>(order, 1)), 0);
    EXPECT_EQ((wrong_values<Neighbour<true, -1>>(order, -1)), 0);
  }
}

/// Records in which order the threads come here.
struct Arrivals {
  static constexpr int threads = 96;
  struct Params {
    std::vector<unsigned>* order;
  };
  struct SharedStorage {};
  void operator()(Params const& p, SharedStorage&) const {
    p.order->push_back(threadIdx.x);
    __syncthreads();
    p.order->push_back(threadIdx.x);
  }
};

std::vector<unsigned> arrivals(ThreadOrder order, u64 seed) {
  ScopedExecution const execution({.order = order, .seed = seed, .host_threads = 0});
  std::vector<unsigned> result;
  launch<Arrivals>(1, {&result}, {}, "arrivals");
  return result;
}

TEST(Emulator, OrderOfThreads) {
  std::vector<unsigned> const forward = arrivals(ThreadOrder::forward, 0), reverse = arrivals(ThreadOrder::reverse, 0);
  for (unsigned i = 0; i < 192; ++i) {
    EXPECT_EQ(forward[i], i % 96);
    EXPECT_EQ(reverse[i], 95 - i % 96);
  }
  EXPECT_EQ(arrivals(ThreadOrder::random, 1), arrivals(ThreadOrder::random, 1));
  EXPECT_NE(arrivals(ThreadOrder::random, 1), arrivals(ThreadOrder::random, 2));
}

/// Counts the words of shared memory that are NaN at the start, then fills them.
struct FindsPoison {
  static constexpr int threads = 32;
  struct Params {
    int* count;  // [blocks]
  };
  struct SharedStorage {
    f32 values[1000];
  };
  void operator()(Params const& p, SharedStorage& shared) const {
    if (threadIdx.x > 0) return;
    p.count[blockIdx.x] = 0;
    for (f32& value : shared.values) {
      p.count[blockIdx.x] += std::isnan(value) ? 1 : 0;
      value = 0;
    }
  }
};

TEST(Emulator, SharedMemoryOfEachBlockStartsPoisoned) {
  std::vector<int> count(20);
  launch<FindsPoison>(20, {count.data()}, {}, "finds_poison");
  EXPECT_EQ(count, std::vector<int>(20, 1000));
}

struct LargestBlock {
  static constexpr int threads = 1024;
  struct Params {
    int* sums;  // [blocks]
  };
  struct SharedStorage {
    int words[threads];
  };
  void operator()(Params const& p, SharedStorage& shared) const {
    shared.words[threadIdx.x] = 1;
    for (unsigned half = threads / 2; half > 0; half /= 2) {
      __syncthreads();
      if (threadIdx.x < half) shared.words[threadIdx.x] += shared.words[threadIdx.x + half];
    }
    if (threadIdx.x == 0) p.sums[blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z)] = shared.words[0];
  }
};

TEST(Emulator, LargestBlockInAGridOfThreeDimensions) {
  std::vector<int> sums(12);
  launch<LargestBlock>(dim3(3, 2, 2), {sums.data()}, {}, "largest_block");
  EXPECT_EQ(sums, std::vector<int>(12, 1024));
}

TEST(Emulator, IsADevice) {
  EXPECT_EQ(device_count(), 1);
  EXPECT_EQ(device_info().name, "SIMT emulator");
  EXPECT_GT(device_info().memory_bytes, 0u);
}

/// The first thread comes to the cluster's barrier and ends; the last one writes what all others read after it.
struct ComesAndEnds {
  static constexpr int threads = 32;
  static constexpr int cluster_size = 2;
  struct Params {
    int* values;  // [64], 0 at first
  };
  struct SharedStorage {};
  void operator()(Params const& p, SharedStorage&) const {
    unsigned const thread = 32 * blockIdx.x + threadIdx.x;
    if (thread == 63) p.values[63] = 1;
    cluster_arrive();
    if (thread == 0) return;
    cluster_wait();
    if (thread != 63) p.values[thread] = p.values[63];
  }
};

TEST(Emulator, BarrierOfAClusterWaitsForAllThatHaveNotEnded) {
  for (ThreadOrder const order : {ThreadOrder::forward, ThreadOrder::reverse, ThreadOrder::random}) {
    ScopedExecution const execution({.order = order, .seed = 1});
    heddle::testing::DeviceBuffer<int> values(memory, std::vector<int>(64, 0));
    launch<ComesAndEnds>(2, {values.data()}, {}, "comes_and_ends");
    std::vector<int> expected(64, 1);
    expected[0] = 0;
    EXPECT_EQ(values.read(), expected);
  }
}

}  // namespace
}  // namespace heddle::emulated
