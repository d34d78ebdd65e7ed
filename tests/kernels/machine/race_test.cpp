// Wrong kernels whose accesses nothing orders, and their corrected twins: the race detector names both places in every
// order of threads. Compiled with the instrumentation.
#include <gtest/gtest.h>

#include "kernels/machine/host/race/race_detector.h"
#include "kernels/machine/machine.cuh"
#include "tests/support/device_buffer.h"
#include "tests/support/error.h"

namespace heddle::emulated {
namespace {

using heddle::testing::DeviceBuffer;
using heddle::testing::error_of;

struct Memories {
  int words[128];
  alignas(16) int copied[4 * 32];
};

/// A kernel that is its body: body(wrong, shared, global) runs in each of `count` threads.
template <class Body, int count>
struct Kernel {
  static constexpr int threads = count;
  struct Params {
    bool wrong;
    int* global;  // [256], 0 at first
  };
  using SharedStorage = Memories;
  void operator()(Params const& p, SharedStorage& shared) const { Body{}(p.wrong, shared, p.global); }
};

template <int count, class Body>
std::string race_of(Body, bool wrong, unsigned blocks) {
  std::string text;
  for (ExecutionOptions options : adversarial_executions()) {
    RaceDetector detector;
    options.observer = &detector;
    ScopedExecution const execution(options);
    DeviceBuffer<int> global(memory, std::vector<int>(256, 0));
    std::string const error = error_of([&] {
      launch<Kernel<Body, count>>(dim3(blocks), {wrong, global.data()}, {}, "kernel");
    });
    if (!wrong)
      EXPECT_EQ(error, "(no error)") << describe(options);
    else
      EXPECT_NE(error.find("race: "), std::string::npos) << describe(options) << ": " << error;
    text = error;
  }
  return text;
}

/// Expects a race with all of `parts` in its text in every way to run the wrong body, and none in the other.
template <int count, class Body>
void expect_race(Body body, std::vector<std::string> const& parts, unsigned blocks = 1) {
  std::string const text = race_of<count>(body, true, blocks);
  for (std::string const& part : parts) EXPECT_NE(text.find(part), std::string::npos) << text;
  race_of<count>(body, false, blocks);
}

TEST(Races, MissingBarrierBetweenWriteAndRead) {
  expect_race<128>(
      [](bool wrong, Memories& shared, int* global) {
        shared.words[threadIdx.x] = 1;
        if (!wrong) __syncthreads();
        global[threadIdx.x] = shared.words[127 - threadIdx.x];
      },
      {"4 bytes at race_test.cpp:", "of shared memory (offset "});
}

TEST(Races, MissingBarrierBeforeReuse) {
  expect_race<64>(
      [](bool wrong, Memories& shared, int* global) {
        for (int round = 0; round < 2; ++round) {
          shared.words[threadIdx.x] = round;
          __syncthreads();
          global[threadIdx.x] = shared.words[63 - threadIdx.x];
          if (!wrong) __syncthreads();
        }
      },
      {"of shared memory (offset ", "nothing orders the two"});
}

TEST(Races, ShufflesDoNotOrderMemory) {
  expect_race<32>(
      [](bool wrong, Memories& shared, int* global) {
        shared.words[threadIdx.x] = 1;
        if (wrong)
          __shfl_xor_sync(~0u, 1, 1);
        else
          __syncwarp();
        global[threadIdx.x] = shared.words[31 - threadIdx.x];
      },
      {"nothing orders the two"});
}

TEST(Races, WarpBarrierOrdersItsWarpOnly) {
  expect_race<64>(
      [](bool wrong, Memories& shared, int* global) {
        shared.words[threadIdx.x] = 1;
        __syncwarp();
        global[threadIdx.x] = shared.words[wrong ? 63 - threadIdx.x : threadIdx.x ^ 31];
      },
      {"nothing orders the two"});
}

TEST(Races, UninitialisedSharedMemory) {
  expect_race<32>(
      [](bool wrong, Memories& shared, int* global) {
        if (!wrong || threadIdx.x != 7) shared.words[threadIdx.x] = 1;
        global[threadIdx.x] = shared.words[threadIdx.x];
      },
      {"thread 7: race: reads 4 bytes", "(offset 28)", "which nobody has written before"});
}

TEST(Races, TwoBlocksWriteTheSameWord) {
  expect_race<32>(
      [](bool wrong, Memories&, int* global) {
        global[threadIdx.x + (wrong ? 0 : 32 * blockIdx.x)] = static_cast<int>(blockIdx.x);
      },
      {"global memory", "which another block writes at race_test.cpp:"}, 2);
}

TEST(Races, AtomicAndPlainAccess) {
  expect_race<32>(
      [](bool wrong, Memories&, int* global) {
        if (wrong && threadIdx.x == 3)
          global[0] += 1;
        else
          atomicAdd(global, 1);
      },
      {"global memory"});
}

/// The last block reads what all have written: the fences on both sides make it an order.
TEST(Races, MissingFenceBeforeATicket) {
  expect_race<32>(
      [](bool wrong, Memories& shared, int* global) {
        global[32 + 32 * blockIdx.x + threadIdx.x] = 1;
        __syncthreads();
        if (threadIdx.x == 0) {
          if (!wrong) __threadfence();
          shared.words[0] = atomicAdd(global, 1);
          __threadfence();
        }
        __syncthreads();
        if (shared.words[0] == 2)
          for (int block = 0; block < 3; ++block)
            if (global[32 + 32 * block + static_cast<int>(threadIdx.x)] != 1) return;
      },
      {"global memory", "which another block writes at race_test.cpp:"}, 3);
}

TEST(Races, MissingWaitForACopy) {
  expect_race<32>(
      [](bool wrong, Memories& shared, int* global) {
        cp_async<16>(&shared.copied[4 * threadIdx.x], global + 4 * threadIdx.x);
        cp_async_commit();
        if (wrong)
          cp_async_wait<1>();
        else
          cp_async_wait<0>();
        __syncwarp();
        global[128 + threadIdx.x] = shared.copied[4 * (31 - threadIdx.x)];
      },
      {"race_test.cpp:"});
}

TEST(Races, WaitWithoutBarrierIsForTheOwnCopyOnly) {
  expect_race<32>(
      [](bool wrong, Memories& shared, int* global) {
        cp_async<4>(&shared.copied[threadIdx.x], global + threadIdx.x);
        cp_async_commit();
        cp_async_wait<0>();
        global[128 + threadIdx.x] = shared.copied[wrong ? threadIdx.x ^ 1 : threadIdx.x];
      },
      {"race_test.cpp:"});
}

TEST(Races, StageReusedWhileItIsRead) {
  expect_race<64>(
      [](bool wrong, Memories& shared, int* global) {
        for (int round = 0; round < 2; ++round) {
          cp_async<4>(&shared.copied[threadIdx.x], global + 64 * round + threadIdx.x);
          cp_async_commit();
          cp_async_wait<0>();
          __syncthreads();
          global[128 + threadIdx.x] = shared.copied[63 - threadIdx.x];
          if (!wrong) __syncthreads();
        }
      },
      {"race_test.cpp:"});
}

TEST(Races, NamedBarrierOrdersThoseWhoCome) {
  expect_race<128>(
      [](bool wrong, Memories& shared, int* global) {
        shared.words[threadIdx.x] = 1;
        if (threadIdx.x < 64) {
          barrier_sync(1, 64);
          global[threadIdx.x] = shared.words[wrong ? 127 - threadIdx.x : 63 - threadIdx.x];
        }
      },
      {"nothing orders the two"});
}

}  // namespace
}  // namespace heddle::emulated
