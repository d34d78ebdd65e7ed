// What the tests of the machine's primitives share: each launches a kernel and compares what its threads found.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "kernels/machine/device.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "kernels/machine/machine.cuh"
#include "tests/support/device_buffer.h"

namespace heddle::HEDDLE_BACKEND {

using heddle::testing::DeviceBuffer;

inline constexpr unsigned full_mask = 0xffffffffu;

inline bool is_emulated() { return device_info().major == 0; }

/// A test that is skipped where its machine is not at hand.
class Machine : public ::testing::Test {
 protected:
  void SetUp() override { skip_below(8); }
  /// Skips the test on a GPU of a lower compute capability.
  void skip_below(int major) {
    if (device_count() == 0) GTEST_SKIP() << "no CUDA device";
    if (!is_emulated() && device_info().major < major) GTEST_SKIP() << "needs compute capability " << major << ".0";
  }
};

/// A test that is skipped on a GPU without clusters and bulk copies.
class Hopper : public Machine {
 protected:
  void SetUp() override { skip_below(9); }
};

/// Runs the test in the ways that its machine has: those of the emulator that are adverse, the one of a GPU.
template <class Test>
void for_each_execution(Test test) {
  for (emulated::ExecutionOptions const& options : emulated::adversarial_executions()) {
    emulated::ScopedExecution const execution(options);
    SCOPED_TRACE(describe(options));
    test();
    if (!is_emulated()) return;
  }
}

/// One result of every thread of a launch of `Kernel`, whose Params are {result, inputs…}.
template <class Kernel, class... Inputs>
std::vector<u32> results(unsigned blocks, Inputs... inputs) {
  DeviceBuffer<u32> result(memory, static_cast<i64>(blocks) * Kernel::threads);
  launch<Kernel>(dim3(blocks), {result.data(), inputs...}, {}, "conformance");
  EXPECT_TRUE(result.guards_intact());
  return result.read();
}

/// The values formula(thread, block) for the same launch.
template <class Formula>
std::vector<u32> expected(int threads, int blocks, Formula formula) {
  std::vector<u32> values;
  for (int block = 0; block < blocks; ++block)
    for (int thread = 0; thread < threads; ++thread) values.push_back(static_cast<u32>(formula(thread, block)));
  return values;
}

/// Of kernels that need no shared memory.
struct Nothing {};

}  // namespace heddle::HEDDLE_BACKEND
