// The memory traffic of losses, counted on the emulator. Linked with kernels that are examined.
#include <gtest/gtest.h>

#include "bench/samples/cross_entropy.h"
#include "bench/samples/dice_loss.h"
#include "bench/samples/distance_loss.h"
#include "bench/samples/kl_divergence.h"
#include "bench/samples/pair_loss.h"
#include "kernels/machine/host/inspector/report.h"
#include "kernels/machine/host/scheduler/execution.h"

namespace heddle::testing {
namespace {

using emulated::KernelReport;
using emulated::LineReport;
using emulated::Space;

/// Declared bytes within 1 % of those touched, wide accesses without a sector in vain, no bank conflicts. Gives the
/// bytes that wide accesses move, in those that are declared.
template <class Sample, class T>
double expect_ideal(std::vector<i64> const& sizes, int architecture = 80) {
  SCOPED_TRACE(::testing::PrintToString(sizes));
  auto args = Sample::template arguments<T>(sizes);
  bench::Operands const operands(emulated::memory, args, Sample::values);
  emulated::Inspector inspector;
  emulated::ScopedExecution const execution({.architecture = architecture, .observer = &inspector});
  Sample::template operation<T>.emulated(args, {});
  KernelReport const kernel = report(inspector).at(0);

  double const declared = cost(args).bytes();
  EXPECT_NEAR(static_cast<double>(kernel.least_bytes()), declared, 0.01 * declared);
  EXPECT_EQ(kernel.shared.conflicts(), 0u);
  double moved = 0;
  int wide = 0;
  for (LineReport const& line : kernel.lines) {
    if (line.space != Space::global || line.bytes != 16) continue;
    EXPECT_EQ(line.counts.efficiency(), 1) << describe(line.place.line);
    moved += static_cast<double>(line.counts.sectors * emulated::sector_bytes);
    ++wide;
  }
  EXPECT_GE(wide, 2);
  return moved / declared;
}

template <class Sample>
void expect_ideal_in_each_type(std::vector<std::vector<i64>> const& shapes) {
  for (auto const& shape : shapes) {
    expect_ideal<Sample, f32>(shape);
    expect_ideal<Sample, f16>(shape);
    expect_ideal<Sample, bf16>(shape);
  }
}

/// Short rows (a warp each), rows of a block, and rows too long for its registers.
TEST(LossInspection, CrossEntropy) {
  expect_ideal_in_each_type<bench::CrossEntropySample>({{64, 256}, {8, 4096}, {2, 40960}});
}

TEST(LossInspection, CrossEntropyOfAClusterReadsLogitsOnce) {
  EXPECT_NEAR((expect_ideal<bench::CrossEntropySample, bf16>({2, 40960}, 80)), 1.5, 0.01);
  EXPECT_NEAR((expect_ideal<bench::CrossEntropySample, bf16>({2, 40960}, 90)), 1, 0.01);
  EXPECT_NEAR((expect_ideal<bench::CrossEntropySample, f32>({2, 131072}, 90)), 1, 0.01);
}

TEST(LossInspection, Pairs) {
  expect_ideal_in_each_type<bench::PairLossSample>({{65536, 1}, {65536, 5}});  // squared and focal
}

TEST(LossInspection, Dice) {
  expect_ideal_in_each_type<bench::DiceLossForwardSample>({{4, 16384}, {64, 512}});
  expect_ideal_in_each_type<bench::DiceLossBackwardSample>({{4, 16384}, {64, 512}});
}

TEST(LossInspection, KlDivergence) {
  expect_ideal_in_each_type<bench::KlDivergenceSample>({{64, 256}, {8, 2048}, {2, 40960}});
}

TEST(LossInspection, CenterGradient) {
  using Sample = bench::DistanceLossSample;
  std::vector<i64> const sizes = {64, 256, 1};
  auto args = Sample::arguments<bf16>(sizes);
  bench::Operands const operands(emulated::memory, args, Sample::values);
  args.da = nullptr;
  emulated::Inspector inspector;
  emulated::ScopedExecution const execution({.observer = &inspector});
  distance_loss<bf16>.emulated(args, {});
  KernelReport const kernel = report(inspector).at(0);

  double const declared = cost(args).bytes() - 64 * sizeof(f32);  // without the loss
  EXPECT_NEAR(static_cast<double>(kernel.least_bytes()), declared, 0.01 * declared);
  EXPECT_EQ(kernel.shared.conflicts(), 0u);
  int wide = 0;
  for (LineReport const& line : kernel.lines) {
    if (line.space != Space::global || line.bytes != 16) continue;
    EXPECT_EQ(line.counts.efficiency(), 1) << describe(line.place.line);
    ++wide;
  }
  EXPECT_GE(wide, 2);
}

TEST(LossInspection, Distances) {
  expect_ideal_in_each_type<bench::DistanceLossSample>({{64, 256, 3}, {8, 1024, 3}, {2, 8192, 3}, {64, 256, 2}});
}

}  // namespace
}  // namespace heddle::testing
