// Wrong kernels whose fault the access checker finds, and their corrected twins. For programs that are compiled with
// the instrumentation.
#pragma once

#include <gtest/gtest.h>

#include "kernels/machine/host/checker/access_checker.h"
#include "kernels/machine/machine.cuh"
#include "tests/support/device_buffer.h"
#include "tests/support/error.h"

namespace heddle::emulated {

using heddle::testing::DeviceBuffer;
using heddle::testing::error_of;

struct Memories {
  int words[128];
  alignas(16) int copied[4 * 32];
  MBarrier barrier, other_barrier;
};

/// A kernel that is its body: body(wrong, shared, global) runs in each of `count` threads of clusters of `cluster`
/// blocks.
template <class Body, int count, int cluster = 1, class Shared = Memories>
struct Kernel {
  static constexpr int threads = count;
  static constexpr int cluster_size = cluster;
  struct Params {
    bool wrong;
    int* global;  // [256], 0 at first
  };
  using SharedStorage = Shared;
  void operator()(Params const& p, SharedStorage& shared) const { Body{}(p.wrong, shared, p.global); }
};

/// The Error of the last of the adverse executions, each of which gives one when the body is wrong, and none otherwise.
template <int count, int cluster, class Shared, class Body>
std::string fault_of(Body, bool wrong, unsigned blocks) {
  std::string text;
  for (ExecutionOptions options : adversarial_executions()) {
    AccessChecker checker;
    options.observer = &checker;
    ScopedExecution const execution(options);
    DeviceBuffer<int> global(memory, std::vector<int>(256, 0));
    std::string const error = error_of([&] {
      launch<Kernel<Body, count, cluster, Shared>>(dim3(blocks), {wrong, global.data()}, {}, "kernel");
    });
    if (!wrong)
      EXPECT_EQ(error, "(no error)") << describe(options);
    else
      EXPECT_EQ(error.find("[kernel] block ("), 0u) << describe(options) << ": " << error;
    text = error;
  }
  return text;
}

/// Expects a fault with all of `parts` in its text in every way to run the wrong body, and none in the other.
template <int count, int cluster = 1, class Shared = Memories, class Body>
void expect_fault(Body body, std::vector<std::string> const& parts, unsigned blocks = 1) {
  std::string const text = fault_of<count, cluster, Shared>(body, true, blocks);
  for (std::string const& part : parts) EXPECT_NE(text.find(part), std::string::npos) << text;
  fault_of<count, cluster, Shared>(body, false, blocks);
}

}  // namespace heddle::emulated
