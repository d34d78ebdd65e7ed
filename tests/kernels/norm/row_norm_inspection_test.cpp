// The memory traffic and the operations of layer normalisation, counted on the emulator. Linked with kernels that are
// examined.
#include <gtest/gtest.h>

#include "bench/samples/row_norm.h"
#include "kernels/machine/host/inspector/report.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "kernels/norm/row_norm_config.h"

namespace heddle::testing {
namespace {

using emulated::AccessKind;
using emulated::KernelReport;
using emulated::LineReport;
using emulated::Space;

/// What the inspector says of the kernels that run(arguments) launches.
template <class Sample, class T, class Run>
std::vector<KernelReport> inspect(RowNormShape const& shape, Run run) {
  auto args = Sample::template arguments<T>({shape.rows, shape.columns});
  bench::Operands const operands(emulated::memory, args, Sample::values);
  emulated::Inspector inspector;
  emulated::ScopedExecution const execution({.architecture = 90, .observer = &inspector});
  run(args);
  return report(inspector);
}

template <class T>
KernelReport inspect_forward(RowNormShape const& shape) {
  return inspect<bench::LayerNormForwardSample, T>(shape,
                                                   [](auto const& args) { emulated::layer_norm_forward(args, {}); })
      .at(0);
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

/// What the two kernels of the backward pass touch of partial sums, written and read, in volumes of x, dy and dx.
double volumes_of_partial_sums(RowNormShape const& shape) {
  double touched = -cost(LayerNormBackwardArgs<bf16>{.shape = shape, .workspace = {}}).bytes();
  for (KernelReport const& kernel : inspect<bench::LayerNormBackwardSample, bf16>(
           shape, [](auto const& args) { emulated::layer_norm_backward(args, {}); }))
    touched += static_cast<double>(kernel.least_bytes());
  return touched / (3.0 * static_cast<double>(shape.rows * shape.columns) * sizeof(bf16));
}

TEST(RowNormInspection, PartialSumsAreLessThanTheTensors) {
  // 16 bytes a column from 16 rows, or 4 rows, of 6 bytes a column.
  EXPECT_NEAR(volumes_of_partial_sums({64, 256}), 16 / (16 * 6.0), 1e-3);
  EXPECT_NEAR(volumes_of_partial_sums({64, 1024}), 16 / (4 * 6.0), 1e-3);
  EXPECT_NEAR(volumes_of_partial_sums({20, 8192}), 16 / (4 * 6.0), 1e-3);
}

TEST(RowNormInspection, HasNoBankConflicts) {
  for (RowNormShape const& shape : shapes) EXPECT_EQ(inspect_forward<bf16>(shape).shared.conflicts(), 0u);
}

/// Aligned and odd rows, for teams of a warp, a block and a cluster, and rows beside the last that a block takes.
RowNormShape const shapes_of_operations[] = {{16, 256}, {2, 4096}, {1, 40960}, {9, 100}, {5, 1001}, {3, 33}};

u64 declared_operations(auto const& args) { return static_cast<u64>(cost(args).flops); }

/// Operations of all threads of a team for one row: `sums` over the team, and `others`. A sum goes over the lanes of a
/// warp, the warps of a block and the blocks of a cluster.
u64 operations_of_row(RowConfig const& config, int sums, int others) {
  int const additions = (config.threads_per_row == 32 ? 5 : 10) + config.cluster - 1;
  return static_cast<u64>(config.team() * (sums * additions + others));
}

TEST(RowNormInspection, ForwardComputesWhatItDeclaresAndTheSumsOfTeams) {
  for (RowNormShape const& shape : shapes_of_operations) {
    SCOPED_TRACE(shape.columns);
    RowConfig const config = choose(row_norm_forward_configs, shape.columns, {.architecture = 90});
    auto const rows = static_cast<u64>(shape.rows);
    emulated::Operations const counted = inspect_forward<f32>(shape).operations;
    EXPECT_EQ(counted.arithmetic,
              declared_operations(LayerNormForwardArgs<f32>{.shape = shape}) + rows * operations_of_row(config, 2, 3));
    EXPECT_EQ(counted.special, rows * static_cast<u64>(config.team()));  // rsqrtf
  }
}

TEST(RowNormInspection, ConversionsAreNoOperations) {
  RowNormShape const shape = {3, 1000};
  RowConfig const config = choose(row_norm_forward_configs, shape.columns, {.element_bytes = sizeof(f16)});
  u64 const expected = 3 * (8 * 1000 + operations_of_row(config, 2, 3));
  EXPECT_EQ(inspect_forward<f16>(shape).operations.arithmetic, expected);
  EXPECT_EQ(inspect_forward<bf16>(shape).operations.arithmetic, expected);
}

TEST(RowNormInspection, BackwardComputesWhatItDeclaresAndSomeAgain) {
  for (RowNormShape const& shape : shapes_of_operations) {
    SCOPED_TRACE(shape.columns);
    auto const reports = inspect<bench::LayerNormBackwardSample, f32>(
        shape, [](auto const& args) { emulated::layer_norm_backward(args, {}); });
    RowConfig const config = choose(row_norm_backward_configs, shape.columns, {.architecture = 90});
    auto const rows = static_cast<u64>(shape.rows), columns = static_cast<u64>(shape.columns);
    auto const teams = static_cast<u64>(row_norm_backward_teams(config, shape.rows));
    u64 const again = 4 * rows * columns;  // g and xhat once more for dx, to which a dsum of zero is added
    u64 const of_blocks = teams * static_cast<u64>(config.rows_per_block - 1) * 2 * columns;
    u64 const of_finish = (teams + 7) * 2 * columns;
    EXPECT_EQ(reports.at(0).operations.arithmetic + reports.at(1).operations.arithmetic,
              declared_operations(LayerNormBackwardArgs<f32>{.shape = shape, .workspace = {}}) + again + of_blocks +
                  rows * operations_of_row(config, 2, 2) + of_finish);
  }
}

}  // namespace
}  // namespace heddle::testing
