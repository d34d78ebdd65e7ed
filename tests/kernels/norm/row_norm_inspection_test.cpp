// The memory traffic of layer normalisation, counted on the emulator. Linked with kernels that are examined.
#include <gtest/gtest.h>

#include "bench/samples/row_norm.h"
#include "kernels/machine/host/inspector/report.h"
#include "kernels/machine/host/scheduler/execution.h"

namespace heddle::testing {
namespace {

using emulated::AccessKind;
using emulated::KernelReport;
using emulated::LineReport;
using emulated::Space;

template <class T>
KernelReport inspect_forward(RowNormShape const& shape, int architecture = 90) {
  using Sample = bench::LayerNormForwardSample;
  auto args = Sample::arguments<T>({shape.rows, shape.columns});
  bench::Operands const operands(emulated::memory, args, Sample::values);
  emulated::Inspector inspector;
  emulated::ScopedExecution const execution({.architecture = architecture, .observer = &inspector});
  emulated::layer_norm_forward(args, {});
  return report(inspector).at(0);
}

/// Short rows (a warp each), rows of a block, and rows of a cluster, which without clusters are too long for registers.
RowNormShape const shapes[] = {{64, 256}, {8, 4096}, {2, 40960}};

TEST(RowNormInspection, WideAccessesAreFullyEfficient) {
  for (RowNormShape const& shape : shapes) {
    SCOPED_TRACE(shape.columns);
    int wide = 0;
    for (LineReport const& line : inspect_forward<f32>(shape).lines) {
      if (line.space != Space::global || line.bytes != 16) continue;
      EXPECT_EQ(line.counts.efficiency(), 1) << describe(line.place.line);
      ++wide;
    }
    EXPECT_GE(wide, 4);  // x, gamma, beta, y
  }
}

TEST(RowNormInspection, TouchesTheBytesItDeclares) {
  for (RowNormShape const& shape : shapes) {
    SCOPED_TRACE(shape.columns);
    double const declared_f32 = cost(LayerNormForwardArgs<f32>{.shape = shape}).bytes();
    EXPECT_NEAR(static_cast<double>(inspect_forward<f32>(shape).least_bytes()), declared_f32, 0.01 * declared_f32);
    double const declared_bf16 = cost(LayerNormForwardArgs<bf16>{.shape = shape}).bytes();
    EXPECT_NEAR(static_cast<double>(inspect_forward<bf16>(shape).least_bytes()), declared_bf16, 0.01 * declared_bf16);
  }
}

TEST(RowNormInspection, HasNoBankConflicts) {
  // In a cluster, the blocks' sums go to one place in each of several shared memories, which is counted as a conflict.
  for (RowNormShape const& shape : shapes) EXPECT_EQ(inspect_forward<bf16>(shape, 80).shared.conflicts(), 0u);
}

}  // namespace
}  // namespace heddle::testing
