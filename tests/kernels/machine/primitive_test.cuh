// What the tests of the machine's primitives share: each launches a kernel and compares what its threads found.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "kernels/machine/device.h"
#include "kernels/machine/machine.cuh"
#include "tests/support/device_buffer.h"

namespace heddle::HEDDLE_BACKEND {

using heddle::testing::DeviceBuffer;

inline constexpr unsigned full_mask = 0xffffffffu;

/// A test that is skipped where its machine is not at hand.
class Machine : public ::testing::Test {
 protected:
  void SetUp() override {
    if (device_count() == 0) GTEST_SKIP() << "no CUDA device";
  }
};

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
