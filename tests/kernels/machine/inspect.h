// Inspects one launch of a kernel, for tests that are compiled with instrumentation.
#pragma once

#include <gtest/gtest.h>

#include "kernels/machine/host/inspector/report.h"
#include "kernels/machine/host/launch.cuh"
#include "kernels/machine/host/scheduler/execution.h"

namespace heddle::emulated {

/// What the inspector says of one launch.
template <class Kernel>
KernelReport inspect(unsigned blocks, typename Kernel::Params const& params, ThreadOrder order = ThreadOrder::forward) {
  Inspector inspector;
  ScopedExecution const execution({.order = order, .seed = 5, .observer = &inspector});
  launch<Kernel>(blocks, params, {}, "inspected");
  return report(inspector).at(0);
}

/// The one line of the report with accesses of this kind.
inline LineReport only(KernelReport const& report, Space space, AccessKind kind) {
  LineReport const* found = nullptr;
  for (LineReport const& line : report.lines) {
    if (line.space != space || line.kind != kind) continue;
    EXPECT_EQ(found, nullptr) << "both at " << describe(line.place.line) << " and before";
    found = &line;
  }
  EXPECT_NE(found, nullptr) << "no such access";
  return found == nullptr ? LineReport{} : *found;
}

/// Elements in device memory, aligned to a sector.
template <class T>
struct alignas(256) Elements {
  T values[1 << 14] = {};
};

/// Of kernels that need no shared memory.
struct NoShared {};

}  // namespace heddle::emulated
