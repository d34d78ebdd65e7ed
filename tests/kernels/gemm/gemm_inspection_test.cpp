// What the kernels of the matrix product cost, by the inspector.
#include "bench/samples/gemm.h"
#include "kernels/machine/host/inspector/report.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "tests/kernels/gemm/epilogue_reference.h"
#include "tests/kernels/gemm/gemm_sm90_pass.h"

#include <gtest/gtest.h>

namespace heddle::testing {
namespace {

template <class Sample, class T>
emulated::KernelReport inspect(std::vector<i64> const& sizes, int architecture) {
  auto args = Sample::template arguments<T>(sizes);
  bench::Operands const operands(emulated::memory, args, Sample::values);
  emulated::Inspector inspector;
  emulated::ScopedExecution const execution({.architecture = architecture, .observer = &inspector});
  emulated::gemm(args, {});
  return report(inspector).at(0);
}

/// Both operands are read in whole sectors, whichever of their directions is stored together; d is written so.
template <class Sample, class T>
void expect_efficient() {
  emulated::KernelReport const kernel = inspect<Sample, T>({128, 128, 32}, 80);
  EXPECT_EQ(kernel.global.efficiency(), 1);
  auto args = Sample::template arguments<T>({128, 128, 32});
  EXPECT_EQ(static_cast<double>(kernel.least_bytes()), cost(args).bytes());
  // The operations that are declared, and alpha.
  EXPECT_EQ(static_cast<double>(kernel.operations.arithmetic), cost(args).flops + 128 * 128);
  // Of values that go to shared memory across its lines, two meet in a bank.
  for (emulated::LineReport const& line : kernel.lines)
    if (line.space == emulated::Space::shared) {
      EXPECT_LE(line.counts.wavefronts, 2 * line.counts.least_wavefronts) << describe(line.place.line);
    }
}

TEST(GemmInspection, PlainKernelIsEfficientInEachDirection) {
  expect_efficient<bench::GemmSample, f32>();
  expect_efficient<bench::LinearSample, f32>();
  expect_efficient<bench::WeightGradientSample, f32>();
}

/// Whole tiles on the matrix unit: what the copies move is what is declared, and so is what it computes; shared memory
/// is read and written without conflicts.
template <class Sample>
void expect_ideal(int architecture) {
  SCOPED_TRACE(architecture);
  emulated::KernelReport const kernel = inspect<Sample, bf16>({256, 128, 128}, architecture);
  auto args = Sample::template arguments<bf16>({256, 128, 128});
  EXPECT_EQ(static_cast<double>(kernel.least_bytes()), cost(args).bytes());
  EXPECT_EQ(static_cast<double>(kernel.matrix_operations), cost(args).flops);
  EXPECT_EQ(kernel.global.efficiency(), 1);
  EXPECT_EQ(kernel.shared.conflicts(), 0u);
}

TEST(GemmInspection, MatrixUnitsKernelsAreIdealInEachDirection) {
  for (int const architecture : {80, 90}) {
    expect_ideal<bench::GemmSample>(architecture);
    expect_ideal<bench::LinearSample>(architecture);
    expect_ideal<bench::WeightGradientSample>(architecture);
  }
}

/// What the copies of a configuration for sm_90a request: A once for each tile across, B once for each tile down, d
/// once; what one copy brings to two blocks counts twice here. All is there to be computed, and shared memory is
/// written and read without conflicts.
template <class Sample, int index>
void expect_requests() {
  constexpr GemmSm90Config config = gemm_sm90_configs[index];
  SCOPED_TRACE(index);
  i64 const m = 512, n = 512, k = 128;
  auto args = Sample::template arguments<bf16>({m, n, k});
  bench::Operands const operands(emulated::memory, args, Sample::values);
  emulated::Inspector inspector;
  emulated::ScopedExecution const execution({.architecture = 90, .observer = &inspector});
  emulated::gemm_sm90(problem_of(args), config, 4, {});
  emulated::KernelReport const kernel = report(inspector).at(0);
  i64 const of_a = n / config.columns * m * k, of_b = m / config.rows * n * k;
  EXPECT_EQ(kernel.moved_bytes(), static_cast<u64>(of_a + of_b + m * n) * sizeof(bf16));
  EXPECT_EQ(static_cast<double>(kernel.least_bytes()), cost(args).bytes());
  EXPECT_EQ(static_cast<double>(kernel.matrix_operations), cost(args).flops);
  EXPECT_EQ(kernel.global.efficiency(), 1);
  EXPECT_EQ(kernel.shared.conflicts(), 0u);
}

TEST(GemmInspection, ConfigurationsForSm90RequestWhatTheirTilesNeed) {
  for_each_gemm_sm90_config([]<int index>() {
    expect_requests<bench::GemmSample, index>();
    expect_requests<bench::LinearSample, index>();
    expect_requests<bench::WeightGradientSample, index>();
  });
}

/// Every tensor of an epilogue once, in whole sectors, and what goes through shared memory without conflicts.
template <class T, class D>
void expect_fused(int architecture, u64 most_wavefronts) {
  EpilogueCase const c = {.name = "",
                          .steps = "bias before_activation gradient_of residual ",
                          .activation = Activation::silu,
                          .m = 128,
                          .n = 256,
                          .k = 32,
                          .beta = 1};
  auto args = c.arguments<T, D>();
  bench::Operands const operands(emulated::memory, args,
                                 [&](auto name, i64 count, u64 seed) { return c.values(name, count, seed); });
  emulated::Inspector inspector;
  emulated::ScopedExecution const execution({.architecture = architecture, .observer = &inspector});
  emulated::gemm(args, {});
  auto const reports = report(inspector);
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(static_cast<double>(reports[0].least_bytes()), cost(args).bytes());
  EXPECT_EQ(reports[0].global.efficiency(), 1);
  for (emulated::LineReport const& line : reports[0].lines) {
    if (line.space != emulated::Space::shared) continue;
    EXPECT_LE(line.counts.wavefronts, most_wavefronts * line.counts.least_wavefronts) << describe(line.place.line);
  }
}

TEST(GemmInspection, EpiloguesAreEfficientOfEachType) {
  for (int const architecture : {80, 90}) {
    expect_fused<bf16, bf16>(architecture, 1);
    expect_fused<bf16, f32>(architecture, 1);
    expect_fused<bf16, f8e4m3>(architecture, 1);
  }
  expect_fused<f32, f32>(80, 2);
}

}  // namespace
}  // namespace heddle::testing
