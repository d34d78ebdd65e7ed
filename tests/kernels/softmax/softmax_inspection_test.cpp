// The memory traffic of softmax, counted on the emulator. Linked with kernels that are examined.
#include <gtest/gtest.h>

#include "bench/samples/softmax.h"
#include "kernels/machine/host/inspector/report.h"
#include "kernels/machine/host/scheduler/execution.h"

namespace heddle::testing {
namespace {

using emulated::KernelReport;
using emulated::LineReport;
using emulated::Space;

/// `again`: whether some tensors are read a second time.
template <class Sample, class T>
void expect_ideal(i64 rows, i64 columns, int architecture, bool again) {
  SCOPED_TRACE(std::to_string(columns) + " columns, architecture " + std::to_string(architecture));
  auto args = Sample::template arguments<T>({rows, columns});
  bench::Operands const operands(emulated::memory, args, Sample::values);
  emulated::Inspector inspector;
  emulated::ScopedExecution const execution({.architecture = architecture, .observer = &inspector});
  Sample::template operation<T>.emulated(args, {});
  KernelReport const kernel = report(inspector).at(0);

  EXPECT_EQ(static_cast<double>(kernel.least_bytes()), cost(args).bytes());
  EXPECT_EQ(kernel.moved_bytes() > kernel.least_bytes(), again);
  EXPECT_EQ(kernel.shared.conflicts(), 0u);
  int wide = 0;
  for (LineReport const& line : kernel.lines) {
    if (line.space != Space::global) continue;
    EXPECT_EQ(line.bytes, 16) << describe(line.place.line);
    EXPECT_EQ(line.counts.efficiency(), 1) << describe(line.place.line);
    ++wide;
  }
  EXPECT_GE(wide, 2);
}

/// Short rows (a warp each), rows of a block, rows of a cluster, which without clusters are too long for registers.
template <class Sample>
void expect_ideal_in_all() {
  for (auto const& [rows, columns] : {std::pair<i64, i64>{64, 256}, {8, 4096}, {2, 40960}})
    for (int const architecture : {80, 90}) {
      bool const again = architecture == 80 && columns == 40960;
      expect_ideal<Sample, f32>(rows, columns, architecture, again);
      expect_ideal<Sample, bf16>(rows, columns, architecture, again);
    }
}

TEST(SoftmaxInspection, ForwardMovesTheBytesItDeclaresAndNoSectorInVain) {
  expect_ideal_in_all<bench::SoftmaxForwardSample>();
}

TEST(SoftmaxInspection, BackwardMovesTheBytesItDeclaresAndNoSectorInVain) {
  expect_ideal_in_all<bench::SoftmaxBackwardSample>();
}

}  // namespace
}  // namespace heddle::testing
