// The memory traffic of batch normalisation, counted on the emulator. Linked with kernels that are examined.
#include <gtest/gtest.h>

#include "bench/samples/batch_norm.h"
#include "kernels/machine/host/inspector/report.h"
#include "kernels/machine/host/scheduler/execution.h"

namespace heddle::testing {
namespace {

using emulated::KernelReport;
using emulated::LineReport;
using emulated::Space;

/// The kernels of an operation that is run once, in their order.
template <class Sample, class T>
std::vector<KernelReport> inspect(BatchNormShape const& shape, Activation activation = Sample::activation) {
  auto args = Sample::template arguments<T>({shape.rows, shape.channels});
  args.activation = activation;
  bench::Operands const operands(emulated::memory, args, Sample::values);
  emulated::Inspector inspector;
  emulated::ScopedExecution const execution({.observer = &inspector});
  Sample::template operation<T>.emulated(args, {});
  return report(inspector);
}

double moved_bytes(LineReport const& line) { return static_cast<double>(line.counts.sectors * emulated::sector_bytes); }

/// What requests move of the tensors, in volumes of x. Not counted are the lines of the source that move less than a
/// twentieth of one: parameters and partial sums, which depend on the number of blocks.
template <class T>
double volumes(std::vector<KernelReport> const& kernels, BatchNormShape const& shape) {
  double const volume = static_cast<double>(shape.elements()) * sizeof(T);
  double bytes = 0;
  for (KernelReport const& kernel : kernels)
    for (LineReport const& line : kernel.lines)
      if (line.space == Space::global && moved_bytes(line) > volume / 20) bytes += moved_bytes(line);
  return bytes / volume;
}

/// One strip, several, and rows that are folded.
BatchNormShape const shapes[] = {{4096, 64}, {1024, 512}, {21001, 12}};

template <class Sample>
void expect_efficient() {
  for (BatchNormShape const& shape : shapes)
    for (KernelReport const& kernel : inspect<Sample, bf16>(shape)) {
      SCOPED_TRACE(kernel.name + ", " + std::to_string(shape.channels) + " channels");
      for (LineReport const& line : kernel.lines) {
        if (line.space != Space::global || line.counts.useful_bytes < static_cast<u64>(shape.elements())) continue;
        EXPECT_EQ(line.counts.efficiency(), 1) << describe(line.place.line);
      }
      EXPECT_LE(kernel.shared.conflicts(), kernel.shared.least_wavefronts);  // 2-way at most
    }
}

TEST(BatchNormInspection, WideAccessesAreFullyEfficient) {
  expect_efficient<bench::BatchNormTrainingSample<true>>();
  expect_efficient<bench::BatchNormBackwardSample<true>>();
  expect_efficient<bench::BatchNormInferenceSample<true>>();
}

template <class T>
void expect_volumes() {
  using Alone = bench::BatchNormBackwardSample<false>;
  using Fused = bench::BatchNormBackwardSample<true>;
  BatchNormShape const shape = {1 << 16, 16};
  auto const expect = [&](std::vector<KernelReport> const& kernels, double expected) {
    EXPECT_NEAR(volumes<T>(kernels, shape), expected, 1e-3);
  };
  double const signs = 1.0 / 16;  // one bit an element in 16-bit types; in f32, where a warp has half a sector, two
  expect(inspect<bench::BatchNormTrainingSample<false>, T>(shape), 3);
  // In f32, neighbouring threads agree on each byte, which the inspector takes for requests of their own.
  if (sizeof(T) == 2) expect(inspect<bench::BatchNormTrainingSample<true>, T>(shape), 4 + signs);
  expect(inspect<Alone, T>(shape, Activation::relu), 5);
  expect(inspect<Fused, T>(shape), 6 + signs);
}

TEST(BatchNormInspection, MovesNoMoreVolumesThanItMust) {
  expect_volumes<f32>();
  expect_volumes<bf16>();
}

/// The bytes that the kernels touch, each once, are those that cost() declares, and those of tensors that one kernel
/// more reads. Few channels, so that what each block reads of their parameters and leaves of their sums is little.
template <class Sample, class T>
void expect_declared(double read_again) {
  BatchNormShape const shape = {1 << 18, 8};
  auto args = Sample::template arguments<T>({shape.rows, shape.channels});
  bench::Operands const operands(emulated::memory, args, Sample::values);
  u64 touched = 0;
  for (KernelReport const& kernel : inspect<Sample, T>(shape)) touched += kernel.least_bytes();
  double const volume = static_cast<double>(shape.elements()) * sizeof(T), declared = cost(args).bytes();
  EXPECT_NEAR(static_cast<double>(touched) - read_again * volume, declared, 0.01 * declared);
}

TEST(BatchNormInspection, TouchesTheBytesItDeclares) {
  expect_declared<bench::BatchNormInferenceSample<true>, bf16>(0);
  expect_declared<bench::BatchNormTrainingSample<false>, f32>(1);
  expect_declared<bench::BatchNormTrainingSample<true>, bf16>(1);
  expect_declared<bench::BatchNormBackwardSample<false>, bf16>(2);
  expect_declared<bench::BatchNormBackwardSample<true>, f32>(2);
}

}  // namespace
}  // namespace heddle::testing
