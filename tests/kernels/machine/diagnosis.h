// Wrong kernels: the emulator says what is wrong, where, and goes on. Each has a corrected twin that passes.
#pragma once

#include <gtest/gtest.h>

#include <concepts>
#include <string>
#include <vector>

#include "kernels/machine/host/scheduler/execution.h"
#include "kernels/machine/machine.cuh"
#include "tests/support/error.h"

namespace heddle::emulated {

using heddle::testing::error_of;

struct NoSharedMemory {};

/// A kernel that is its body: body(wrong) or body(wrong, shared) runs in each of `count` threads.
template <class Body, int count, class Shared = NoSharedMemory>
struct Kernel {
  static constexpr int threads = count;
  static constexpr int min_blocks = 1;
  struct Params {
    bool wrong;
  };
  using SharedStorage = Shared;
  void operator()(Params const& p, SharedStorage& shared) const {
    if constexpr (std::invocable<Body, bool, Shared&>)
      Body{}(p.wrong, shared);
    else
      Body{}(p.wrong);
  }
};

/// Expects that the body, when wrong, gives an Error with all of `parts` in every order of threads, and its twin none.
template <int count, class Shared = NoSharedMemory, class Body>
void expect_diagnosis(Body, std::vector<std::string> const& parts, Completion completion = Completion::eager) {
  for (ThreadOrder const order : {ThreadOrder::forward, ThreadOrder::reverse, ThreadOrder::random}) {
    ScopedExecution const execution({.order = order, .seed = 3, .completion = completion});
    std::string const text = error_of([] { launch<Kernel<Body, count, Shared>>(4, {true}, {}, "wrong_kernel"); });
    EXPECT_EQ(text.find("[wrong_kernel] block (0, 0, 0)"), 0u) << text;
    for (std::string const& part : parts) EXPECT_NE(text.find(part), std::string::npos) << text;
    EXPECT_EQ(error_of([] { launch<Kernel<Body, count, Shared>>(4, {false}, {}, "right_kernel"); }), "(no error)");
  }
}

}  // namespace heddle::emulated
