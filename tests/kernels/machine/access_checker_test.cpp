// Wrong kernels that touch what they must not, or when they must not, and their corrected twins: the access checker
// says so in every order of threads and completions. Compiled with the instrumentation.
#include <gtest/gtest.h>

#include "tests/kernels/machine/access_fault.h"

namespace heddle::emulated {
namespace {

TEST(AccessChecker, MissingBarrierBetweenWriteAndRead) {
  expect_fault<128>(
      [](bool wrong, Memories& shared, int* global) {
        shared.words[threadIdx.x] = 1;
        if (!wrong) __syncthreads();
        global[threadIdx.x] = shared.words[127 - threadIdx.x];
      },
      {"4 bytes of shared memory (offset ", "access_checker_test.cpp:"});
}

TEST(AccessChecker, MissingBarrierBeforeReuse) {
  expect_fault<64>(
      [](bool wrong, Memories& shared, int* global) {
        for (int round = 0; round < 2; ++round) {
          shared.words[threadIdx.x] = round;
          __syncthreads();
          global[threadIdx.x] = shared.words[63 - threadIdx.x];
          if (!wrong) __syncthreads();
        }
      },
      {"of shared memory (offset ", "a race: thread ", "access_checker_test.cpp:"});
}

TEST(AccessChecker, ShufflesDoNotOrderMemory) {
  expect_fault<32>(
      [](bool wrong, Memories& shared, int* global) {
        shared.words[threadIdx.x] = 1;
        if (wrong)
          __shfl_xor_sync(~0u, 1, 1);
        else
          __syncwarp();
        global[threadIdx.x] = shared.words[31 - threadIdx.x];
      },
      {"a race: "});
}

TEST(AccessChecker, WarpBarrierOrdersItsWarpOnly) {
  expect_fault<64>(
      [](bool wrong, Memories& shared, int* global) {
        shared.words[threadIdx.x] = 1;
        __syncwarp();
        global[threadIdx.x] = shared.words[wrong ? 63 - threadIdx.x : threadIdx.x ^ 31];
      },
      {"a race: "});
}

TEST(AccessChecker, UninitialisedSharedMemory) {
  expect_fault<32>(
      [](bool wrong, Memories& shared, int* global) {
        if (!wrong || threadIdx.x != 7) shared.words[threadIdx.x] = 1;
        global[threadIdx.x] = shared.words[threadIdx.x];
      },
      {"thread 7: reads 4 bytes of shared memory (offset 28) at ", "access_checker_test.cpp:", "uninitialised"});
}

TEST(AccessChecker, TwoBlocksWriteTheSameWord) {
  expect_fault<32>(
      [](bool wrong, Memories&, int* global) {
        global[threadIdx.x + (wrong ? 0 : 32 * blockIdx.x)] = static_cast<int>(blockIdx.x);
      },
      {"global memory", "a race: another block writes at "}, 2);
}

TEST(AccessChecker, AtomicAndPlainAccess) {
  expect_fault<32>(
      [](bool wrong, Memories&, int* global) {
        if (wrong && threadIdx.x == 3)
          global[0] += 1;
        else
          atomicAdd(global, 1);
      },
      {"global memory"});
}

/// The last block reads what all have written: the fences on both sides make it an order.
TEST(AccessChecker, MissingFenceBeforeATicket) {
  expect_fault<32>(
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
      {"global memory", "a race: another block writes at "}, 3);
}

TEST(AccessChecker, MissingWaitForACopy) {
  expect_fault<32>(
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
      {"access_checker_test.cpp:"});
}

TEST(AccessChecker, WaitWithoutBarrierIsForTheOwnCopyOnly) {
  expect_fault<32>(
      [](bool wrong, Memories& shared, int* global) {
        cp_async<4>(&shared.copied[threadIdx.x], global + threadIdx.x);
        cp_async_commit();
        cp_async_wait<0>();
        global[128 + threadIdx.x] = shared.copied[wrong ? threadIdx.x ^ 1 : threadIdx.x];
      },
      {"access_checker_test.cpp:"});
}

TEST(AccessChecker, StageReusedWhileItIsRead) {
  expect_fault<64>(
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
      {"access_checker_test.cpp:"});
}

TEST(AccessChecker, NamedBarrierOrdersThoseWhoCome) {
  expect_fault<128>(
      [](bool wrong, Memories& shared, int* global) {
        shared.words[threadIdx.x] = 1;
        if (threadIdx.x < 64) {
          barrier_sync(1, 64);
          global[threadIdx.x] = shared.words[wrong ? 127 - threadIdx.x : 63 - threadIdx.x];
        }
      },
      {"a race: "});
}

TEST(AccessChecker, BeyondTheEndsOfAnAllocation) {
  for (int const beyond : {256, 400, -1}) {
    AccessChecker checker;
    ScopedExecution const execution({.observer = &checker});
    int* const words = static_cast<int*>(memory.allocate(1024));
    auto const touch = [](bool, Memories&, int* word) { *word = 1; };
    using Touch = Kernel<decltype(touch), 1>;
    std::string const error = error_of([&] { launch<Touch>(1, {true, words + beyond}, {}, "kernel"); });
    std::string const part = "out of bounds: byte " + std::to_string(4 * beyond) + " of an allocation of 1024 bytes";
    EXPECT_NE(error.find(part), std::string::npos) << error;
    EXPECT_EQ(error_of([&] { launch<Touch>(1, {true, words + 255}, {}, "kernel"); }), "(no error)");
    memory.free(words);
  }
}

/// Each block has other shared memory, though it be at the same place: what it orders ends with it.
TEST(AccessChecker, AtomicsOfSharedMemoryOrderNoOtherBlocks) {
  expect_fault<1>(
      [](bool wrong, Memories& shared, int* global) {
        shared.words[0] = 0;
        atomicAdd(&shared.words[0], 1);
        __threadfence();
        global[wrong ? 0 : blockIdx.x] = 1;
        __threadfence();
        atomicAdd(&shared.words[0], 1);
      },
      {"a race: another block writes at ", "access_checker_test.cpp:"}, 2);
}

/// All threads fence, one of them takes the ticket for its block, and all fence again: in between a barrier hands on
/// what is fenced, and what the ticket has seen.
TEST(AccessChecker, FencesOfAllThreadsAroundATicket) {
  expect_fault<32>(
      [](bool wrong, Memories& shared, int* global) {
        global[32 + 32 * blockIdx.x + threadIdx.x] = 1;
        if (!wrong) __threadfence();
        __syncthreads();
        if (threadIdx.x == 0) shared.words[0] = atomicAdd(global, 1);
        __syncthreads();
        if (shared.words[0] != 2) return;
        __threadfence();
        int sum = 0;
        for (int block = 0; block < 3; ++block) sum += global[32 + 32 * block + 31 - static_cast<int>(threadIdx.x)];
        global[160 + threadIdx.x] = sum;
      },
      {"global memory", "a race: another block writes at "}, 3);
}

TEST(AccessChecker, MissingFenceAfterATicket) {
  expect_fault<32>(
      [](bool wrong, Memories& shared, int* global) {
        global[32 + 32 * blockIdx.x + threadIdx.x] = 1;
        __threadfence();
        __syncthreads();
        if (threadIdx.x == 0) shared.words[0] = atomicAdd(global, 1);
        __syncthreads();
        if (shared.words[0] != 2) return;
        if (!wrong) __threadfence();
        global[160 + threadIdx.x] = global[32 + 31 - static_cast<int>(threadIdx.x)];
        global[160 + threadIdx.x] += global[64 + 31 - static_cast<int>(threadIdx.x)];
      },
      {"global memory", "a race: another block writes at "}, 3);
}

/// A barrier of some lanes says nothing of those that came to another.
TEST(AccessChecker, WarpBarriersOfTwoHalves) {
  expect_fault<32>(
      [](bool wrong, Memories& shared, int* global) {
        bool const low = threadIdx.x < 16;
        shared.words[threadIdx.x] = 1;
        __syncwarp(low ? 0xffffu : 0xffff0000u);
        global[threadIdx.x] = shared.words[wrong && !low ? threadIdx.x - 16 : threadIdx.x ^ 1];
      },
      {"shared memory"});
}

}  // namespace
}  // namespace heddle::emulated
