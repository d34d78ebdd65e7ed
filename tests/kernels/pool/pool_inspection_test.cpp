// The memory traffic of pooling, counted on the emulator. Linked with kernels that are examined.
#include <gtest/gtest.h>

#include "bench/samples/pool.h"
#include "kernels/machine/host/inspector/report.h"
#include "kernels/machine/host/scheduler/execution.h"

namespace heddle::testing {
namespace {

using emulated::KernelReport;
using emulated::LineReport;
using emulated::Space;

/// Expects of each kernel of an operation that every access to global memory uses its sectors fully, that there are no
/// bank conflicts, and that all of them together touch the declared bytes within one percent.
template <class Sample, class T>
void expect_efficient(std::vector<i64> const& sizes) {
  SCOPED_TRACE(Sample::template operation<T>.name);
  auto args = Sample::template arguments<T>(sizes);
  bench::Operands const operands(emulated::memory, args, Sample::values);
  emulated::Inspector inspector;
  {
    emulated::ScopedExecution const execution({.observer = &inspector});
    Sample::template operation<T>.emulated(args, {});
  }
  double touched = 0;
  for (KernelReport const& kernel : report(inspector)) {
    int lines = 0;
    for (LineReport const& line : kernel.lines) {
      if (line.space != Space::global) continue;
      EXPECT_EQ(line.counts.efficiency(), 1) << describe(line.place.line) << ", " << line.bytes << " bytes a lane";
      ++lines;
    }
    EXPECT_GE(lines, 2);
    EXPECT_EQ(kernel.shared.conflicts(), 0u);
    touched += static_cast<double>(kernel.least_bytes());
  }
  double const declared = cost(args).bytes();
  EXPECT_NEAR(touched, declared, 0.01 * declared);
}

template <class Sample>
void expect_efficient_in_all_types(std::vector<i64> const& sizes) {
  expect_efficient<Sample, f32>(sizes);
  expect_efficient<Sample, f16>(sizes);
  expect_efficient<Sample, bf16>(sizes);
}

TEST(PoolInspection, Windows) {
  using namespace bench;
  for (std::vector<i64> const& sizes : {std::vector<i64>{2, 24, 24, 64, 3, 2, 1}, {2, 16, 16, 96, 2, 2, 0}}) {
    expect_efficient_in_all_types<MaxPoolForwardSample>(sizes);
    expect_efficient_in_all_types<MaxPoolBackwardSample>(sizes);
    expect_efficient_in_all_types<AveragePoolForwardSample>(sizes);
    expect_efficient_in_all_types<AveragePoolBackwardSample>(sizes);
  }
}

TEST(PoolInspection, Adaptive) {
  expect_efficient_in_all_types<bench::AdaptiveAveragePoolForwardSample>({2, 20, 20, 64, 7, 7});
  expect_efficient_in_all_types<bench::AdaptiveAveragePoolBackwardSample>({2, 20, 20, 64, 7, 7});
}

TEST(PoolInspection, GlobalAverage) {
  expect_efficient_in_all_types<bench::GlobalAverageForwardSample>({4, 49, 512});
  expect_efficient_in_all_types<bench::GlobalAverageBackwardSample>({4, 49, 512});
  expect_efficient_in_all_types<bench::GlobalAverageBackwardSample>({1, 6000, 64});
}

}  // namespace
}  // namespace heddle::testing
