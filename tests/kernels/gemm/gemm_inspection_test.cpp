// What the kernels of the matrix product cost, by the inspector.
#include "bench/samples/gemm.h"
#include "kernels/machine/host/inspector/report.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "tests/kernels/gemm/epilogue_cases.h"
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

enum class Operands : u8 { along_k, across_k, scaled };

template <class T, class D>
GemmArgs<T, D> square_of_types(Operands operands) {
  return {.m = 256,
          .n = 256,
          .k = 256,
          .transpose_a = operands == Operands::across_k,
          .transpose_b = operands != Operands::across_k,
          .lda = 256,
          .ldb = 256,
          .ldd = 256,
          .scales = {.of_blocks = operands == Operands::scaled},
          .tf32 = std::same_as<T, f32>};
}

/// Of all kernels of a product of operands of T.
template <class T, class D>
std::vector<emulated::KernelReport> inspect_types(int architecture, Operands given) {
  auto args = square_of_types<T, D>(given);
  bench::Operands const operands(emulated::memory, args, [&](std::string_view name, i64 count, u64) {
    bool const filled =
        name == "a" || name == "b" || (given == Operands::scaled && (name == "scale_a" || name == "scale_b"));
    return std::vector<f32>(static_cast<std::size_t>(filled ? count : 0), 1.0f);
  });
  emulated::Inspector inspector;
  emulated::ScopedExecution const execution({.architecture = architecture, .observer = &inspector});
  emulated::gemm(args, {});
  return report(inspector);
}

/// The same for operands of T, which lie along k.
template <class T, class D>
void expect_ideal_types(int architecture) {
  SCOPED_TRACE(::testing::Message() << "sm_" << architecture << ", operands of " << sizeof(T) << " bytes");
  auto const kernels = inspect_types<T, D>(architecture, Operands::along_k);
  ASSERT_EQ(kernels.size(), 1u);
  auto const args = square_of_types<T, D>(Operands::along_k);
  EXPECT_EQ(static_cast<double>(kernels[0].matrix_operations), args.flops());
  EXPECT_EQ(static_cast<double>(kernels[0].least_bytes()), 2 * 256 * 256 * sizeof(T) + 256 * 256 * sizeof(D));
  EXPECT_EQ(kernels[0].global.efficiency(), 1);
  EXPECT_EQ(kernels[0].shared.conflicts(), 0u);
}

TEST(GemmInspection, MatrixUnitsKernelsAreIdealForEachTypeOfOperands) {
  for (int const architecture : {80, 90}) {
    expect_ideal_types<f32, f32>(architecture);
    expect_ideal_types<i8, i32>(architecture);
  }
  expect_ideal_types<f8e4m3, f32>(90);
}

/// Factors are read with the products: the operations and all else are those without.
TEST(GemmInspection, FactorsOfBlocksAreReadOnce) {
  auto const kernels = inspect_types<f8e4m3, f32>(90, Operands::scaled);
  ASSERT_EQ(kernels.size(), 1u);
  auto const args = square_of_types<f8e4m3, f32>(Operands::scaled);
  EXPECT_EQ(static_cast<double>(kernels[0].matrix_operations), args.flops());
  EXPECT_EQ(static_cast<double>(kernels[0].least_bytes()),
            2 * 256 * 256 + 256 * 256 * sizeof(f32) + 256 * 2 * sizeof(f32) + 32);  // the four of b, in a sector
}

/// Operands across k: a copy of both, whose reads and writes are whole sectors, and the product.
template <class T, class D>
void expect_laid_along_k() {
  auto const kernels = inspect_types<T, D>(90, Operands::across_k);
  ASSERT_EQ(kernels.size(), 2u);
  EXPECT_EQ(kernels[0].least_bytes(), 2u * 2 * 256 * 256 * sizeof(T));
  EXPECT_EQ(kernels[0].global.efficiency(), 1);
  EXPECT_EQ(kernels[0].shared.conflicts(), 0u);
  EXPECT_EQ(static_cast<double>(kernels[1].matrix_operations), (square_of_types<T, D>(Operands::across_k).flops()));
}

TEST(GemmInspection, OperandsAcrossKAreLaidAlongIt) {
  expect_laid_along_k<f32, f32>();
  expect_laid_along_k<i8, i32>();
  expect_laid_along_k<f8e4m3, f32>();
}

}  // namespace
}  // namespace heddle::testing
