// Mistakes with barriers, warp collectives, accesses and launches.
#include <stdexcept>

#include "tests/kernels/machine/diagnosis.h"

namespace heddle::emulated {
namespace {

TEST(Diagnoses, BarrierInDivergentCode) {
  expect_diagnosis<64>(
      [](bool wrong) {
        if (wrong && threadIdx.x % 2 == 0)
          __syncthreads();
        else
          __syncthreads();
      },
      {"__syncthreads in divergent code: at diagnoses_test.cpp:", "waits in the one at diagnoses_test.cpp:"});
}

TEST(Diagnoses, BarrierThatSomeThreadsNeverReach) {
  expect_diagnosis<64>(
      [](bool wrong) {
        if (wrong && threadIdx.x >= 40) return;
        __syncthreads();
      },
      {"__syncthreads at diagnoses_test.cpp:"});
}

TEST(Diagnoses, WarpWaitsForLanesInABarrier) {
  expect_diagnosis<64>(
      [](bool wrong) {
        if (!wrong || threadIdx.x < 16) __syncwarp();
        __syncthreads();
      },
      {"deadlock: warp 0 (lanes 0-15 in __syncwarp with mask 0xffffffff at diagnoses_test.cpp:",
       "lanes 16-31 in __syncthreads at", "warp 1 (lanes 0-31 in __syncthreads"});
}

TEST(Diagnoses, LanesWithDifferentMasks) {
  expect_diagnosis<32>([](bool wrong) { __shfl_xor_sync(wrong && threadIdx.x >= 16 ? 0xffff0003u : ~0u, 1, 1); },
                       {"deadlock", "mask 0xffff0003", "mask 0xffffffff"});
}

TEST(Diagnoses, MaskWithoutTheCallingLane) {
  expect_diagnosis<32>([](bool wrong) { __syncwarp(wrong ? 0x7fffffffu : ~0u); },
                       {"__syncwarp at diagnoses_test.cpp:", "mask 0x7fffffff: the mask lacks the calling lane 31"});
}

TEST(Diagnoses, MaskNamesALaneThatHasReturned) {
  expect_diagnosis<32>(
      [](bool wrong) {
        if (threadIdx.x == 5) return;
        __ballot_sync(wrong ? ~0u : ~(1u << 5), 1);
      },
      {"__ballot_sync at diagnoses_test.cpp:"});
}

TEST(Diagnoses, MaskNamesALaneThatDoesNotExist) {
  expect_diagnosis<40>([](bool wrong) { __syncwarp(wrong || threadIdx.x < 32 ? ~0u : 0xffu); },
                       {"__syncwarp at diagnoses_test.cpp:", "the mask names lane 8, but the warp has 8 lanes"});
}

TEST(Diagnoses, ShuffleFromALaneOutsideTheMask) {
  expect_diagnosis<32>(
      [](bool wrong) {
        if (threadIdx.x < 16) __shfl_sync(0xffffu, 1, wrong ? 20 : 4);
      },
      {"__shfl_sync at diagnoses_test.cpp:", "reads lane 20, which the mask lacks"});
}

TEST(Diagnoses, ShuffleWidth) {
  expect_diagnosis<32>([](bool wrong) { __shfl_sync(~0u, 1, 0, wrong ? 12 : 16); },
                       {"__shfl_sync: width must be a power of two up to 32: width=12"});
}

TEST(Diagnoses, KernelThatThrows) {
  expect_diagnosis<64>(
      [](bool wrong) {
        if (wrong && threadIdx.x == 33) throw std::out_of_range("index 7 of 5");
        __syncthreads();
      },
      {"thread 33: index 7 of 5"});
}

TEST(Diagnoses, MisalignedAccess) {
  expect_diagnosis<32>(
      [](bool wrong) {
        alignas(16) u32 const words[5] = {};
        (void)load_constant<u64>(words + (wrong ? 1 : 2));
      },
      {"load_constant of 8 bytes at an address that is no multiple of them"});
}

TEST(Diagnoses, FirstFailingBlockWhateverTheHostThreads) {
  using FailsLate = Kernel<decltype([](bool) {
                             if (blockIdx.x == 57 || blockIdx.x == 91) throw std::runtime_error("late");
                           }),
                           32>;
  for (int const host_threads : {1, 2, 5}) {
    ScopedExecution const execution({.order = ThreadOrder::forward, .seed = 0, .host_threads = host_threads});
    EXPECT_EQ(error_of([] { launch<FailsLate>(100, {true}, {}, "k"); }), "[k] block (57, 0, 0) thread 0: late");
  }
}

using Empty32 = Kernel<decltype([](bool) {}), 32>;
using Empty1056 = Kernel<decltype([](bool) {}), 1056>;

struct TooMuchShared : Empty32 {
  struct SharedStorage {
    char bytes[227 * 1024 + 1];
  };
  void operator()(Params const&, SharedStorage&) const {}
};

TEST(Diagnoses, LaunchLimits) {
  EXPECT_EQ(error_of([] { launch<Empty1056>(1, {false}, {}, "k"); }),
            "[k] a block has 1 to 1024 threads: threads=1056");
  EXPECT_EQ(error_of([] { launch<TooMuchShared>(1, {false}, {}, "k"); }),
            "[k] a block of sm_90 has at most 232448 bytes of shared memory: SharedStorage=232449");
  ScopedExecution const sm_80({.architecture = 80});
  EXPECT_EQ(error_of([] { launch<TooMuchShared>(1, {false}, {}, "k"); }),
            "[k] a block of sm_80 has at most 166912 bytes of shared memory: SharedStorage=232449");
  EXPECT_EQ(error_of([] { launch<Empty32>(dim3(1, 65536), {false}, {}, "k"); }),
            "[k] a grid has 1 to 2147483647 x 65535 x 65535 blocks: grid=1 x 65536 x 1");
  EXPECT_EQ(error_of([] { launch<Empty32>(0, {false}, {}, "k"); }),
            "[k] a grid has 1 to 2147483647 x 65535 x 65535 blocks: grid=0 x 1 x 1");
}

TEST(Diagnoses, OutsideOfAKernel) {
  EXPECT_EQ(error_of([] { __syncthreads(); }), "[__syncthreads] called outside of a kernel");
}

struct LaunchesAnother : Empty32 {
  static constexpr int cluster_size = 1;
  void operator()(Params const& p, SharedStorage&) const {
    if (p.wrong && threadIdx.x == 5) launch<Empty32>(3, {false}, {}, "inner");
    __syncthreads();
  }
};

TEST(Diagnoses, LaunchFromInsideOfAKernel) {
  for (int const host_threads : {1, 2}) {
    ScopedExecution const execution({.host_threads = host_threads});
    EXPECT_EQ(error_of([] { launch<LaunchesAnother>(2, {true}, {}, "outer"); }),
              "[outer] block (0, 0, 0) thread 5: [inner] launched from inside of a kernel");
    EXPECT_EQ(error_of([] { launch<LaunchesAnother>(2, {false}, {}, "outer"); }), "(no error)");
  }
}

TEST(Diagnoses, BarrierOfHalvesOfWarps) {
  expect_diagnosis<64>(
      [](bool wrong) {
        if (wrong ? threadIdx.x % 32 < 16 : threadIdx.x < 32) barrier_sync(1, 32);
      },
      {"barrier_sync in divergent code at diagnoses_test.cpp:",
       "barrier 1 takes whole warps, but of warp 0 16 threads have come"});
}

TEST(Diagnoses, BarrierWithTwoCounts) {
  expect_diagnosis<128>(
      [](bool wrong) {
        if (threadIdx.x < 64) barrier_sync(1, wrong && threadIdx.x < 32 ? 96 : 64);
      },
      {"barrier_sync at diagnoses_test.cpp:", "barrier 1 expects "});
}

TEST(Diagnoses, BarrierOfTheClusterOutOfTurn) {
  expect_diagnosis<32>(
      [](bool wrong) {
        cluster_arrive();
        if (wrong) cluster_arrive();
        cluster_wait();
      },
      {"cluster_arrive at diagnoses_test.cpp:", "this thread has come before and not waited"});
  expect_diagnosis<32>(
      [](bool wrong) {
        if (!wrong) cluster_arrive();
        cluster_wait();
      },
      {"cluster_wait at diagnoses_test.cpp:", "this thread has not come to the barrier"});
}

}  // namespace
}  // namespace heddle::emulated
