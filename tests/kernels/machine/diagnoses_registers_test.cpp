// Mistakes with setmaxnreg.
#include "tests/kernels/machine/diagnosis.h"

namespace heddle::emulated {
namespace {

TEST(RegisterDiagnoses, MoreRegistersThanThereAre) {
  expect_diagnosis<384>(
      [](bool wrong) {
        if (threadIdx.x < 128) return decrease_registers<40>();
        if (wrong)
          increase_registers<240>();  // 40 + 2 * 240 > 3 * 168
        else
          increase_registers<232>();
      },
      {"deadlock", "in increase_registers at diagnoses_registers_test.cpp:", "(the block has ", "registers to spare)"});
}

TEST(RegisterDiagnoses, DirectionOfRegisters) {
  expect_diagnosis<384>(
      [](bool wrong) {
        if (threadIdx.x < 128) decrease_registers<24>();
        if (wrong && threadIdx.x < 128) decrease_registers<32>();
      },
      {"decrease_registers at diagnoses_registers_test.cpp:", "a thread has 24 registers: count=32"});
}

TEST(RegisterDiagnoses, RegistersDifferBetweenWarps) {
  expect_diagnosis<384>(
      [](bool wrong) {
        if (wrong && threadIdx.x < 32)
          decrease_registers<40>();
        else
          decrease_registers<24>();
      },
      {"decrease_registers at diagnoses_registers_test.cpp:", "the warps of a warpgroup execute the same"});
}

/// ptxas ignores setmaxnreg where the number of registers does not follow from the launch bounds (C7508).
struct WithoutBound {
  static constexpr int threads = 128;
  struct Params {};
  using SharedStorage = NoSharedMemory;
  void operator()(Params const&, SharedStorage&) const { decrease_registers<40>(); }
};

TEST(RegisterDiagnoses, RegistersThatDoNotFollowFromTheBounds) {
  EXPECT_NE(error_of([] {
              launch<WithoutBound>(1, {}, {}, "k");
            }).find("is ignored unless the kernel has min_blocks, such as 1"),
            std::string::npos);
}

}  // namespace
}  // namespace heddle::emulated
