// Wrong kernels with barriers in shared memory and bulk copies: what nothing orders, the access checker finds in every
// order of threads and completions. Compiled with the instrumentation.
#include "kernels/core/error.h"
#include "tests/kernels/machine/access_fault.h"

namespace heddle::emulated {
namespace {

constexpr u32 row_bytes = 128;

/// Thread 0 makes the barrier.
void make_barrier(Memories& shared, u32 count) {
  if (threadIdx.x == 0) mbarrier_init(shared.barrier, count);
  __syncthreads();
}

TEST(AccessCheckerAsync, MissingWaitForAPhase) {
  expect_fault<64>(
      [](bool wrong, Memories& shared, int* global) {
        make_barrier(shared, 64);
        shared.words[threadIdx.x] = 1;
        mbarrier_arrive(shared.barrier);
        if (!wrong) mbarrier_wait(shared.barrier, 0);
        global[threadIdx.x] = shared.words[63 - threadIdx.x];
        mbarrier_wait(shared.barrier, 0);
      },
      {"of shared memory (offset ", "access_checker_async_test.cpp:"});
}

TEST(AccessCheckerAsync, ArrivesBeforeItWrites) {
  expect_fault<64>(
      [](bool wrong, Memories& shared, int* global) {
        make_barrier(shared, 64);
        if (wrong) mbarrier_arrive(shared.barrier);
        shared.words[threadIdx.x] = 1;
        if (!wrong) mbarrier_arrive(shared.barrier);
        mbarrier_wait(shared.barrier, 0);
        global[threadIdx.x] = shared.words[63 - threadIdx.x];
      },
      {"of shared memory (offset ", "access_checker_async_test.cpp:"});
}

TEST(AccessCheckerAsync, BarrierUsedWhileItIsMade) {
  expect_fault<64>(
      [](bool wrong, Memories& shared, int*) {
        if (threadIdx.x % 63 == 0) mbarrier_init(threadIdx.x == 0 ? shared.barrier : shared.other_barrier, 64);
        if (!wrong) __syncthreads();
        mbarrier_arrive(shared.barrier);
        mbarrier_arrive(shared.other_barrier);
      },
      {"access_checker_async_test.cpp:"});
}

/// The arrival of the thread says nothing of the copy that it has started.
TEST(AccessCheckerAsync, ThreadArrivesInPlaceOfItsCopies) {
  expect_fault<32>(
      [](bool wrong, Memories& shared, int* global) {
        make_barrier(shared, 32);
        cp_async<4>(&shared.copied[threadIdx.x], global + threadIdx.x);
        if (wrong)
          mbarrier_arrive(shared.barrier);
        else
          cp_async_mbarrier_arrive_noinc(shared.barrier);
        mbarrier_wait(shared.barrier, 0);
        global[128 + threadIdx.x] = shared.copied[31 - threadIdx.x];
        cp_async_commit();
        cp_async_wait<0>();
      },
      {"access_checker_async_test.cpp:"});
}

TEST(AccessCheckerAsync, CopiesArriveButNotTheirThread) {
  expect_fault<32>(
      [](bool wrong, Memories& shared, int* global) {
        make_barrier(shared, wrong ? 32 : 64);
        cp_async<4>(&shared.copied[threadIdx.x], global + threadIdx.x);
        cp_async_mbarrier_arrive_noinc(shared.barrier);
        shared.words[threadIdx.x] = 1;
        if (!wrong) mbarrier_arrive(shared.barrier);
        mbarrier_wait(shared.barrier, 0);
        global[128 + threadIdx.x] = shared.copied[31 - threadIdx.x] + shared.words[31 - threadIdx.x];
      },
      {"access_checker_async_test.cpp:"});
}

TEST(AccessCheckerAsync, MissingWaitForABulkLoad) {
  expect_fault<32>(
      [](bool wrong, Memories& shared, int* global) {
        make_barrier(shared, 1);
        if (threadIdx.x == 0) {
          mbarrier_arrive_expect(shared.barrier, row_bytes);
          bulk_load(shared.copied, global, row_bytes, shared.barrier);
        }
        if (!wrong) mbarrier_wait(shared.barrier, 0);
        global[128 + threadIdx.x] = shared.copied[threadIdx.x];
        mbarrier_wait(shared.barrier, 0);
      },
      {"of shared memory (offset ", "access_checker_async_test.cpp:"});
}

TEST(AccessCheckerAsync, StageLoadedWhileItIsRead) {
  expect_fault<32>(
      [](bool wrong, Memories& shared, int* global) {
        make_barrier(shared, 1);
        for (u32 round = 0; round < 2; ++round) {
          if (!wrong) __syncthreads();
          if (threadIdx.x == 0) {
            mbarrier_arrive_expect(shared.barrier, row_bytes);
            bulk_load(shared.copied, global + 32 * round, row_bytes, shared.barrier);
          }
          mbarrier_wait(shared.barrier, round);
          global[128 + threadIdx.x] = shared.copied[threadIdx.x];
          if (wrong) __shfl_sync(~0u, 1, 0);
        }
      },
      {"bytes of shared memory (offset ", "a race: ", "access_checker_async_test.cpp:"});
}

TEST(AccessCheckerAsync, MissingProxyFence) {
  expect_fault<32>(
      [](bool wrong, Memories& shared, int* global) {
        shared.copied[threadIdx.x] = 1;
        if (!wrong) fence_proxy_async();
        __syncthreads();
        if (threadIdx.x != 0) return;
        bulk_store(global, shared.copied, row_bytes);
        bulk_commit();
        bulk_wait<0>();
      },
      {"reads 128 bytes of shared memory (offset ", "no proxy fence: thread ", "no fence_proxy_async lies between"});
}

/// The fence of the thread that issues covers what it has seen of others, not what they write later.
TEST(AccessCheckerAsync, ProxyFenceBeforeTheBarrier) {
  expect_fault<32>(
      [](bool wrong, Memories& shared, int* global) {
        if (wrong) fence_proxy_async();
        shared.copied[threadIdx.x] = 1;
        __syncthreads();
        if (threadIdx.x != 0) return;
        if (!wrong) fence_proxy_async();
        bulk_store(global, shared.copied, row_bytes);
        bulk_commit();
        bulk_wait<0>();
      },
      {"no proxy fence: thread "});
}

TEST(AccessCheckerAsync, SourceChangedWhileItIsRead) {
  expect_fault<1>(
      [](bool wrong, Memories& shared, int* global) {
        for (int& word : shared.copied) word = 1;
        fence_proxy_async();
        bulk_store(global, shared.copied, row_bytes);
        bulk_commit();
        if (!wrong) bulk_wait_read<0>();
        shared.copied[5] = 2;
        bulk_wait<0>();
      },
      {"of shared memory (offset ", "a race: ", "access_checker_async_test.cpp:"});
}

TEST(AccessCheckerAsync, ReadIsNotWritten) {
  expect_fault<1>(
      [](bool wrong, Memories& shared, int* global) {
        for (int& word : shared.copied) word = 1;
        fence_proxy_async();
        bulk_store(global, shared.copied, row_bytes);
        bulk_commit();
        if (wrong)
          bulk_wait_read<0>();
        else
          bulk_wait<0>();
        global[200] = global[3];
        bulk_wait<0>();
      },
      {"of global memory", "a race: ", "access_checker_async_test.cpp:"});
}

TEST(AccessCheckerAsync, GroupThatWasNotAwaited) {
  expect_fault<1>(
      [](bool wrong, Memories& shared, int* global) {
        for (int& word : shared.copied) word = 1;
        fence_proxy_async();
        for (int group = 0; group < 2; ++group) {
          bulk_store(global + 32 * group, shared.copied + 32 * group, row_bytes);
          bulk_commit();
        }
        bulk_wait<1>();
        global[200] = global[wrong ? 40 : 8];
        bulk_wait<0>();
      },
      {"of global memory", "a race: ", "access_checker_async_test.cpp:"});
}

TEST(AccessCheckerAsync, ReductionAndPlainWrite) {
  expect_fault<2>(
      [](bool wrong, Memories& shared, int* global) {
        shared.copied[threadIdx.x] = shared.copied[2 + threadIdx.x] = 1;
        fence_proxy_async();
        __syncthreads();
        if (wrong && threadIdx.x == 1) {
          global[3] = 1;
        } else {
          bulk_reduce_add(global, shared.copied, 16);
          bulk_commit();
          bulk_wait<0>();
        }
      },
      {"of global memory", "a race: ", "access_checker_async_test.cpp:"});
}

TEST(AccessCheckerAsync, BulkLoadBeyondTheEndOfAnAllocation) {
  auto const load = [](bool wrong, Memories& shared, int* global) {
    make_barrier(shared, 1);
    mbarrier_arrive_expect(shared.barrier, row_bytes);
    bulk_load(shared.copied, global + (wrong ? 228 : 224), row_bytes, shared.barrier);
    mbarrier_wait(shared.barrier, 0);
  };
  using Load = Kernel<decltype(load), 1>;
  for (Completion const completion : {Completion::eager, Completion::late}) {
    AccessChecker checker;
    ScopedExecution const execution({.completion = completion, .observer = &checker});
    int* const words = static_cast<int*>(memory.allocate(1024));
    std::string const error = error_of([&] { launch<Load>(1, {true, words}, {}, "kernel"); });
    EXPECT_NE(error.find("reads 128 bytes of global memory"), std::string::npos) << error;
    EXPECT_NE(error.find("out of bounds: byte 912 of an allocation of 1024 bytes"), std::string::npos) << error;
    EXPECT_EQ(error_of([&] { launch<Load>(1, {false, words}, {}, "kernel"); }), "(no error)");
    memory.free(words);
  }
}

/// Reads between a write and the copy do not make the write forgotten.
TEST(AccessCheckerAsync, MissingProxyFenceAfterManyReads) {
  expect_fault<64>(
      [](bool wrong, Memories& shared, int* global) {
        shared.words[threadIdx.x] = 1;
        __syncthreads();
        int sum = 0;
        for (unsigned i = 0; i < 64; ++i) sum += shared.words[(threadIdx.x + i) % 64];
        global[128 + threadIdx.x] = sum;
        if (!wrong) fence_proxy_async();
        __syncthreads();
        if (threadIdx.x != 0) return;
        bulk_store(global, shared.words, 256);
        bulk_commit();
        bulk_wait<0>();
      },
      {"no proxy fence: thread "});
}

}  // namespace
}  // namespace heddle::emulated
