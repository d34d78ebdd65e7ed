// Words that many threads read before one writes them: the access checker remembers four accesses to a word, and looks
// only once at what threads in the same phase read. Compiled with the instrumentation.
#include <gtest/gtest.h>

#include "tests/kernels/machine/access_fault.h"

namespace heddle::emulated {
namespace {

template <class T>
T read(T const volatile& value) {
  return value;
}

TEST(AccessCheckerOfReaders, WhoReadsItsOwnBytesSpeaksForNobodyElse) {
  expect_fault<32>(
      [](bool wrong, Memories&, int* global) {
        if (threadIdx.x == 0) {
          for (int byte = 0; byte < 4; ++byte) reinterpret_cast<u8 volatile*>(global)[byte] = 1;
          read(*global);
        }
        if (!wrong) __syncwarp();
        read(*global);
      },
      {"global memory", "a race: "});
}

TEST(AccessCheckerOfReaders, OneOfTwoReadersWrites) {
  expect_fault<32>(
      [](bool wrong, Memories&, int* global) {
        if (threadIdx.x < 2) read(*global);
        if (wrong)
          __shfl_xor_sync(~0u, 1, 1);
        else
          __syncwarp();
        if (threadIdx.x == 0) *global = 1;
      },
      {"thread 0: writes 4 bytes of global memory", "a race: thread 1 reads at "});
}

TEST(AccessCheckerOfReaders, OneOfManyReadersWrites) {
  expect_fault<64>(
      [](bool wrong, Memories&, int* global) {
        read(*global);
        if (!wrong) __syncthreads();
        if (threadIdx.x == 31) *global = 1;
      },
      {"global memory", "a race: thread "});
}

TEST(AccessCheckerOfReaders, ManyReadAgainAfterTheRelease) {
  expect_fault<64>(
      [](bool wrong, Memories&, int* global) {
        if (threadIdx.x >= 32) {
          read(*global);
          __shfl_xor_sync(~0u, 1, 1);
          barrier_arrive(1, 64);
          if (wrong) read(*global);
        } else {
          barrier_sync(1, 64);
          if (threadIdx.x == 0) *global = 1;
        }
      },
      {"global memory", "a race: thread "});
}

/// All threads read, and the first writes when it has waited for its own half. The other half is in the same phase.
template <int half>
void read_in_two_halves(bool wrong, int& word) {
  if (threadIdx.x < half) {
    barrier_arrive(2, 2 * half);
    read(word);
    barrier_sync(1, 2 * half);
    if (threadIdx.x == 0) word = 2;
  } else {
    if (!wrong) read(word);
    barrier_arrive(1, 2 * half);
    if (wrong) read(word);
    barrier_sync(2, 2 * half);
  }
}

TEST(AccessCheckerOfReaders, AnotherWarpReadsWhatWasWritten) {
  expect_fault<64>(
      [](bool wrong, Memories& shared, int*) {
        if (threadIdx.x == 0) shared.words[0] = 1;
        __syncthreads();
        read_in_two_halves<32>(wrong, shared.words[0]);
      },
      {"shared memory", "a race: thread "});
}

TEST(AccessCheckerOfReaders, DistantThreadsReadAnInput) {
  expect_fault<512>([](bool wrong, Memories&, int* global) { read_in_two_halves<256>(wrong, *global); },
                    {"global memory", "a race: thread "});
}

/// Many read what one of them, or nobody, has written beside bytes that nobody has.
template <class Narrow, class Wide>
void read_wider(bool wrong, Memories& shared) {
  auto* const narrow = reinterpret_cast<Narrow volatile*>(shared.words);
  auto* const wide = reinterpret_cast<Wide volatile*>(shared.words);
  if (threadIdx.x == 0) {
    *narrow = 1;
    if (!wrong) *wide = 1;
  }
  __syncwarp();
  read(*narrow);
  __shfl_xor_sync(~0u, 1, 1);
  read(*wide);
}

TEST(AccessCheckerOfReaders, ByteAndItsWord) {
  expect_fault<32>([](bool wrong, Memories& shared, int*) { read_wider<u8, u32>(wrong, shared); }, {"uninitialised"});
}

TEST(AccessCheckerOfReaders, WordAndTheNext) {
  expect_fault<32>([](bool wrong, Memories& shared, int*) { read_wider<u32, u64>(wrong, shared); }, {"uninitialised"});
}

TEST(AccessCheckerOfReaders, AnotherBlockReads) {
  expect_fault<32>(
      [](bool wrong, Memories&, int* global) {
        int& word = global[wrong ? 0 : blockIdx.x];
        if (threadIdx.x == 0 && (!wrong || blockIdx.x == 0)) word = 1;
        __syncthreads();
        read(word);
      },
      {"global memory", "a race: another block "}, 2);
}

TEST(AccessCheckerOfReaders, OneOfManyReadersDoesNotWait) {
  expect_fault<64>(
      [](bool wrong, Memories& shared, int*) {
        if (threadIdx.x == 0) mbarrier_init(shared.barrier, 1);
        __syncthreads();
        if (threadIdx.x == 32) {
          shared.words[0] = 1;
          mbarrier_arrive(shared.barrier);
        }
        if (threadIdx.x >= 32) return;
        if (!wrong || threadIdx.x != 20) mbarrier_wait(shared.barrier, 0);
        __shfl_xor_sync(~0u, 1, 1);
        read(shared.words[0]);
      },
      {"thread 20: reads ", "a race: thread 32 writes at "});
}

/// Thread 0 writes when those who have read say so, and thread 52, in the same phase as they were, reads after that.
TEST(AccessCheckerOfReaders, OneOfManyReadersIsLate) {
  expect_fault<64>(
      [](bool wrong, Memories& shared, int*) {
        if (threadIdx.x == 0) {
          mbarrier_init(shared.barrier, 4);
          mbarrier_init(shared.other_barrier, 1);
          shared.words[0] = 1;
        }
        __syncthreads();
        if (threadIdx.x == 0) {
          mbarrier_wait(shared.barrier, 0);
          shared.words[0] = 2;
          mbarrier_arrive(shared.other_barrier);
        }
        if (threadIdx.x < 32) return;
        if (threadIdx.x < 36) {
          read(shared.words[0]);
          mbarrier_arrive(shared.barrier);
        }
        if (threadIdx.x == 63 || (!wrong && threadIdx.x == 52)) mbarrier_wait(shared.other_barrier, 0);
        __shfl_xor_sync(~0u, 1, 1);
        if (threadIdx.x == 52) read(shared.words[0]);
      },
      {"thread 52: reads ", "a race: thread 0 writes at "});
}

TEST(AccessCheckerOfReaders, CopiesOfThreadsThatReadToo) {
  expect_fault<32>(
      [](bool wrong, Memories& shared, int* global) {
        shared.copied[threadIdx.x] = 1;
        if (!wrong) fence_proxy_async();
        __syncthreads();
        bulk_store(global + 4 * threadIdx.x, shared.copied, 16);
        bulk_commit();
        for (int i = 0; i < 4; ++i) read(shared.copied[i]);
        __shfl_xor_sync(~0u, 1, 1);
        bulk_wait<0>();
      },
      {"reads 16 bytes of shared memory", "no proxy fence: thread "});
}

/// Lanes read the memory of another block, which ends before some of them read it again: they know no more than before.
TEST(AccessCheckerOfReaders, TheMemoryEndsInTheMiddleOfAPhase) {
  expect_fault<32, 2>(
      [](bool wrong, Memories& shared, int* global) {
        u32* const ends = reinterpret_cast<u32*>(global);
        if (threadIdx.x == 0) shared.words[0] = 1;
        cluster_sync();
        if (cluster_rank() == 0) {
          int const* const other = map_shared(shared.words, 1);
          if (threadIdx.x < 4) read(*other);
          while (threadIdx.x == 31 && load_acquire(ends) == 0) continue;
          __shfl_xor_sync(~0u, 1, 1);
          if (threadIdx.x < 31) read(*other);
        } else if (threadIdx.x == 0) {
          store_release(ends, 1);
        }
        if (!wrong) cluster_sync();
      },
      {"thread ", "shared memory", "of block 1 of the cluster", "whose block has ended"}, 2);
}

}  // namespace
}  // namespace heddle::emulated
