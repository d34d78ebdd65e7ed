// Words that many threads read before one writes them: the access checker remembers four accesses to a word, and looks
// only once at what threads in the same phase read. Compiled with the instrumentation.
#include <gtest/gtest.h>

#include "tests/kernels/machine/access_fault.h"

namespace heddle::emulated {
namespace {

int read(int const volatile& word) { return word; }

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
