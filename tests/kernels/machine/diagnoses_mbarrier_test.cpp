// Mistakes with barriers in shared memory.
#include "tests/kernels/machine/diagnosis.h"

namespace heddle::emulated {
namespace {

struct Barriers {
  MBarrier first, second;
};

TEST(MBarrierDiagnoses, UsedBeforeItIsMade) {
  expect_diagnosis<32, Barriers>(
      [](bool wrong, Barriers& shared) {
        if (!wrong && threadIdx.x == 0) mbarrier_init(shared.first, 32);
        __syncthreads();
        mbarrier_arrive(shared.first);
      },
      {"mbarrier_arrive at diagnoses_mbarrier_test.cpp:",
       "is not initialised, or overwritten: state=18446744073709551615", "call mbarrier_init in one thread"});
}

TEST(MBarrierDiagnoses, MadeTwice) {
  expect_diagnosis<1, Barriers>(
      [](bool wrong, Barriers& shared) {
        mbarrier_init(shared.first, 1);
        if (!wrong) mbarrier_invalidate(shared.first);
        mbarrier_init(shared.first, 2);
      },
      {"mbarrier_init at diagnoses_mbarrier_test.cpp:", "is initialised already: call mbarrier_invalidate first"});
}

/// Whatever the memory has held before, here two f32 of 2: no barrier was made there.
TEST(MBarrierDiagnoses, MadeWhereOtherDataWas) {
  expect_diagnosis<1, Barriers>(
      [](bool wrong, Barriers& shared) {
        for (int use = 0; use < 2; ++use) {
          shared.first.state = 0x40000000'40000000;
          mbarrier_init(shared.first, 1);
          if (!wrong) mbarrier_invalidate(shared.first);
        }
      },
      {"mbarrier_init at diagnoses_mbarrier_test.cpp:", "is initialised already: call mbarrier_invalidate first"});
}

TEST(MBarrierDiagnoses, UsedAfterItsEnd) {
  expect_diagnosis<1, Barriers>(
      [](bool wrong, Barriers& shared) {
        mbarrier_init(shared.first, 1);
        if (wrong) mbarrier_invalidate(shared.first);
        (void)mbarrier_test_wait(shared.first, 1);
      },
      {"mbarrier_test_wait at diagnoses_mbarrier_test.cpp:", "is not initialised"});
}

TEST(MBarrierDiagnoses, MoreArrivalsThanThePhaseTakes) {
  expect_diagnosis<32, Barriers>(
      [](bool wrong, Barriers& shared) {
        if (threadIdx.x == 0) mbarrier_init(shared.first, wrong ? 31 : 64);
        __syncthreads();
        mbarrier_arrive(shared.first, 2);
      },
      {"mbarrier_arrive at diagnoses_mbarrier_test.cpp:",
       "more arrivals than the phase takes: 2 when the phase of parity 0 lacks 1 arrivals and 0 bytes; raise the "
       "count"});
}

TEST(MBarrierDiagnoses, CountIsOutOfRange) {
  expect_diagnosis<1, Barriers>(
      [](bool wrong, Barriers& shared) { mbarrier_init(shared.first, wrong ? 0 : 1); },
      {"mbarrier_init at diagnoses_mbarrier_test.cpp:", "a barrier takes 1 to 1048575 arrivals: count=0"});
  expect_diagnosis<1, Barriers>(
      [](bool wrong, Barriers& shared) { mbarrier_init(shared.first, max_mbarrier_count + (wrong ? 1 : 0)); },
      {"a barrier takes 1 to 1048575 arrivals: count=1048576"});
  expect_diagnosis<1, Barriers>(
      [](bool wrong, Barriers& shared) {
        mbarrier_init(shared.first, 1);
        mbarrier_arrive(shared.first, wrong ? 0 : 1);
      },
      {"mbarrier_arrive at diagnoses_mbarrier_test.cpp:", "a thread arrives once or more: count=0"});
}

/// A phase's number in place of its parity.
TEST(MBarrierDiagnoses, ParityIsNone) {
  expect_diagnosis<1, Barriers>(
      [](bool wrong, Barriers& shared) {
        mbarrier_init(shared.first, 1);
        for (u32 phase = 0; phase < 3; ++phase) {
          mbarrier_arrive(shared.first);
          mbarrier_wait(shared.first, wrong ? phase : phase % 2);
        }
      },
      {"mbarrier_wait at diagnoses_mbarrier_test.cpp:", "a parity is 0 or 1: parity=2"});
}

TEST(MBarrierDiagnoses, Misaligned) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the undefined-behaviour checks refuse the reference before the emulator can";
#endif
  expect_diagnosis<1, Barriers>(
      [](bool wrong, Barriers& shared) {
        auto* const bytes = reinterpret_cast<u8*>(&shared.first) + (wrong ? 4 : 0);
        mbarrier_init(*reinterpret_cast<MBarrier*>(bytes), 1);
      },
      {"mbarrier_init at diagnoses_mbarrier_test.cpp:", "an mbarrier lies at a multiple of 8 bytes: address=0x"});
}

TEST(MBarrierDiagnoses, NotInSharedMemory) {
  expect_diagnosis<1, Barriers>(
      [](bool wrong, Barriers& shared) {
        MBarrier on_the_stack;
        mbarrier_init(wrong ? on_the_stack : shared.first, 1);
      },
      {"mbarrier_init at diagnoses_mbarrier_test.cpp:", "8 bytes at 0x",
       "are not within the 16 bytes of shared memory"});
}

TEST(MBarrierDiagnoses, BytesThatNeverCome) {
  expect_diagnosis<32, Barriers>(
      [](bool wrong, Barriers& shared) {
        if (threadIdx.x == 0) mbarrier_init(shared.first, 32);
        __syncthreads();
        mbarrier_arrive_expect(shared.first, wrong && threadIdx.x == 5 ? 512 : 0);
        mbarrier_wait(shared.first, 0);
      },
      {"deadlock: warp 0 (lanes 0-31 in mbarrier_wait",
       "at diagnoses_mbarrier_test.cpp:", "the phase of parity 0 lacks 0 arrivals and 512 bytes"});
}

TEST(MBarrierDiagnoses, ArrivalThatNeverComes) {
  expect_diagnosis<64, Barriers>(
      [](bool wrong, Barriers& shared) {
        if (threadIdx.x == 0) mbarrier_init(shared.first, 64);
        __syncthreads();
        if (!wrong || threadIdx.x != 40) mbarrier_arrive(shared.first);
        mbarrier_wait(shared.first, 0);
      },
      {"deadlock: ", "warps 0-1 (lanes 0-31 in mbarrier_wait", "the phase of parity 0 lacks 1 arrivals and 0 bytes"});
}

TEST(MBarrierDiagnoses, MoreBytesThanAPhaseCounts) {
  expect_diagnosis<1, Barriers>(
      [](bool wrong, Barriers& shared) {
        mbarrier_init(shared.first, 1);
        mbarrier_expect(shared.first, 1 << 19);
        mbarrier_expect(shared.first, (1 << 19) - (wrong ? 0 : 1));
      },
      {"mbarrier_expect at diagnoses_mbarrier_test.cpp:", "may differ by at most 1048575: they would by 1048576"});
}

struct PairOfBlocks : Kernel<decltype([](bool) {}), 1, Barriers> {
  static constexpr int cluster_size = 2;
  void operator()(Params const& p, Barriers& shared) const {
    mbarrier_init(shared.first, 1);
    cluster_sync();
    MBarrier* const there = map_shared(&shared.first, 1 - cluster_rank());
    if (p.wrong)
      mbarrier_wait_cluster(*there, 1);
    else
      mbarrier_wait_cluster(shared.first, 1);
    cluster_sync();
  }
};

TEST(MBarrierDiagnoses, WaitsAtTheBarrierOfAnotherBlock) {
  std::string const error = error_of([] { launch<PairOfBlocks>(2, {true}, {}, "k"); });
  EXPECT_NE(error.find("mbarrier_wait_cluster at diagnoses_mbarrier_test.cpp:"), std::string::npos) << error;
  EXPECT_NE(error.find("are not within the 16 bytes of shared memory of the block"), std::string::npos) << error;
  EXPECT_EQ(error_of([] { launch<PairOfBlocks>(2, {false}, {}, "k"); }), "(no error)");
}

TEST(MBarrierDiagnoses, ArchitectureThatLacksIt) {
  using Expects = Kernel<decltype([](bool wrong, Barriers& shared) {
                           mbarrier_init(shared.first, 2);
                           mbarrier_arrive(shared.first);
                           if (wrong) mbarrier_expect(shared.first, 16);
                         }),
                         1, Barriers>;
  ScopedExecution const execution({.architecture = 80});
  EXPECT_NE(error_of([] { launch<Expects>(1, {true}, {}, "k"); }).find("mbarrier_expect needs sm_90"),
            std::string::npos);
  EXPECT_EQ(error_of([] { launch<Expects>(1, {false}, {}, "k"); }), "(no error)");
}

}  // namespace
}  // namespace heddle::emulated
