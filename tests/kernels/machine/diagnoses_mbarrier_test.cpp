// Wrong uses of mbarriers: the emulator says what is wrong, and each corrected twin passes.
#include <gtest/gtest.h>

#include "kernels/machine/host/execution.h"
#include "kernels/machine/machine.cuh"
#include "tests/support/error.h"

namespace heddle::emulated {
namespace {

using heddle::testing::error_of;

struct Storage {
  alignas(16) u32 words[64];
  MBarrier barrier;
};

/// A kernel that is its body: body(wrong, shared) runs in each of 64 threads.
template <class Body>
struct Kernel {
  static constexpr int threads = 64;
  struct Params {
    bool wrong;
  };
  using SharedStorage = Storage;
  void operator()(Params const& p, SharedStorage& shared) const { Body{}(p.wrong, shared); }
};

template <class Body>
void expect_diagnosis(Body, std::vector<std::string> const& parts) {
  for (ExecutionOptions const& options : adversarial_executions()) {
    ScopedExecution const execution(options);
    std::string const text = error_of([] { launch<Kernel<Body>>(2, {true}, {}, "wrong_kernel"); });
    EXPECT_EQ(text.find("[wrong_kernel] block (0, 0, 0)"), 0u) << text;
    for (std::string const& part : parts) EXPECT_NE(text.find(part), std::string::npos) << text;
    EXPECT_EQ(error_of([] { launch<Kernel<Body>>(2, {false}, {}, "right_kernel"); }), "(no error)");
  }
}

void begin(Storage& shared, u32 count) {
  if (threadIdx.x == 0) mbarrier_init(shared.barrier, count);
  __syncthreads();
}

TEST(MBarrierDiagnoses, UseBeforeInitialisation) {
  expect_diagnosis(
      [](bool wrong, Storage& shared) {
        if (!wrong) begin(shared, 64);
        mbarrier_arrive(shared.barrier);
      },
      {"mbarrier_arrive at diagnoses_mbarrier_test.cpp:", "is not initialised"});
}

TEST(MBarrierDiagnoses, InitialisedTwice) {
  expect_diagnosis(
      [](bool wrong, Storage& shared) {
        begin(shared, 64);
        if (threadIdx.x > 0) return;
        if (!wrong) mbarrier_invalidate(shared.barrier);
        mbarrier_init(shared.barrier, 1);
      },
      {"is initialised already: call mbarrier_invalidate first"});
}

TEST(MBarrierDiagnoses, CountOutOfRange) {
  expect_diagnosis([](bool wrong, Storage& shared) { begin(shared, wrong ? 1u << 20 : (1u << 20) - 1); },
                   {"mbarrier_init", "a barrier takes 1 to 1048575 arrivals: count=1048576"});
}

TEST(MBarrierDiagnoses, MoreArrivalsThanTheCount) {
  expect_diagnosis(
      [](bool wrong, Storage& shared) {
        begin(shared, 3);
        if (threadIdx.x == 0) mbarrier_arrive(shared.barrier, wrong ? 4 : 3);
      },
      {"more arrivals than the phase takes: 4 when the phase of parity 0 lacks 3 arrivals"});
}

TEST(MBarrierDiagnoses, MissingArrival) {
  expect_diagnosis(
      [](bool wrong, Storage& shared) {
        begin(shared, 64);
        if (!wrong || threadIdx.x != 40) mbarrier_arrive(shared.barrier);
        mbarrier_wait(shared.barrier, 0);
      },
      {"deadlock",
       "in mbarrier_wait at diagnoses_mbarrier_test.cpp:", "the phase of parity 0 lacks 1 arrivals and 0 bytes"});
}

TEST(MBarrierDiagnoses, WrongParity) {
  expect_diagnosis(
      [](bool wrong, Storage& shared) {
        begin(shared, 64);
        mbarrier_arrive(shared.barrier);
        mbarrier_wait(shared.barrier, 0);
        mbarrier_wait(shared.barrier, wrong ? 1 : 0);
      },
      {"deadlock", "the phase of parity 1 lacks 64 arrivals"});
}

TEST(MBarrierDiagnoses, NoParity) {
  expect_diagnosis(
      [](bool wrong, Storage& shared) {
        begin(shared, 64);
        mbarrier_arrive(shared.barrier);
        mbarrier_wait(shared.barrier, wrong ? 2 : 0);
      },
      {"a parity is 0 or 1: parity=2"});
}

TEST(MBarrierDiagnoses, TooManyBytes) {
  expect_diagnosis(
      [](bool wrong, Storage& shared) {
        begin(shared, 64);
        if (threadIdx.x == 0) mbarrier_expect(shared.barrier, wrong ? 1u << 20 : (1u << 20) - 1);
      },
      {"expected and written bytes of a phase may differ by at most 1048575: they would by 1048576"});
}

TEST(MBarrierDiagnoses, NotInSharedMemory) {
  expect_diagnosis(
      [](bool wrong, Storage& shared) {
        MBarrier mine;
        if (threadIdx.x == 0) mbarrier_init(wrong ? mine : shared.barrier, 1);
      },
      {"mbarrier_init at diagnoses_mbarrier_test.cpp:", "are not within the"});
}

TEST(MBarrierDiagnoses, Overwritten) {
  expect_diagnosis(
      [](bool wrong, Storage& shared) {
        begin(shared, 64);
        if (threadIdx.x == 0) shared.words[wrong ? 65 : 63] = 0;
        __syncthreads();
        mbarrier_arrive(shared.barrier);
      },
      {"is not initialised, or overwritten"});
}

}  // namespace
}  // namespace heddle::emulated
