// The memory traffic of a sample's operation, counted on the emulator. For tests linked with kernels that are examined.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "bench/harness/operands.h"
#include "kernels/core/operation.h"
#include "kernels/machine/host/inspector/report.h"
#include "kernels/machine/host/scheduler/execution.h"

namespace heddle::testing {

struct SampleReport {
  std::vector<emulated::KernelReport> kernels;  // in the order of their launch
  double declared_bytes = 0;                    // by the operation's cost

  /// Of the first kernel: what must move if a cache holds everything that is used again.
  double least_bytes() const { return static_cast<double>(kernels.at(0).least_bytes()); }
};

/// Runs Sample's operation with elements of T on the sizes.
template <class Sample, class T>
SampleReport inspect_sample(std::vector<i64> const& sizes) {
  auto args = Sample::template arguments<T>(sizes);
  bench::Operands const operands(emulated::memory, args, Sample::values);
  emulated::Inspector inspector;
  emulated::ScopedExecution const execution({.observer = &inspector});
  Sample::template operation<T>.emulated(args, {});
  return {report(inspector), cost(args).bytes()};
}

/// Expects no excess sector in accesses to global memory that read or write at least `bytes` a thread, of which there
/// are lines; and no bank conflict.
inline void expect_efficient(emulated::KernelReport const& kernel, u32 bytes) {
  int wide = 0;
  for (emulated::LineReport const& line : kernel.lines) {
    if (line.space != emulated::Space::global || line.bytes < bytes) continue;
    EXPECT_EQ(line.counts.efficiency(), 1) << kernel.name << ": " << describe(line.place.line);
    ++wide;
  }
  EXPECT_GE(wide, 1) << kernel.name;
  EXPECT_EQ(kernel.shared.conflicts(), 0u) << kernel.name;
}

}  // namespace heddle::testing
