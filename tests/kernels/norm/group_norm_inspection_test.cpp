// The memory traffic of group normalisation, counted on the emulator. Linked with kernels that are examined.
#include "bench/samples/group_norm.h"
#include "tests/support/inspect_sample.h"

namespace heddle::testing {
namespace {

/// Strips of whole and of folded rows, several to a row, and as many groups as channels.
std::vector<i64> const shapes[] = {{4, 1024, 64, 8}, {2, 512, 512, 32}, {3, 4000, 12, 3}, {2, 4096, 16, 16}};

template <class Sample>
void expect_efficient_tensors() {
  for (std::vector<i64> const& shape : shapes) {
    auto const elements = static_cast<u64>(Sample::shape(shape).elements());
    for (emulated::KernelReport const& kernel : inspect_sample<Sample, bf16>(shape).kernels) {
      SCOPED_TRACE(kernel.name + ", " + std::to_string(shape[2]) + " channels");
      for (emulated::LineReport const& line : kernel.lines)
        if (line.space == emulated::Space::global && line.counts.useful_bytes >= elements) {
          EXPECT_EQ(line.counts.efficiency(), 1) << describe(line.place.line);
        }
      EXPECT_LE(kernel.shared.conflicts(), kernel.shared.least_wavefronts);  // 2-way at most
    }
  }
}

TEST(GroupNormInspection, WideAccessesAreFullyEfficient) {
  expect_efficient_tensors<bench::GroupNormForwardSample>();
  expect_efficient_tensors<bench::GroupNormBackwardSample>();
}

/// The bytes that the kernels touch, each once, are those that cost() declares, and those of tensors that a second
/// kernel reads. Few channels, so that parameters and partial sums are little.
template <class Sample, class T>
void expect_declared(double read_again) {
  std::vector<i64> const shape = {2, 1 << 17, 8, 4};
  SampleReport const report = inspect_sample<Sample, T>(shape);
  double touched = 0;
  for (emulated::KernelReport const& kernel : report.kernels) touched += static_cast<double>(kernel.least_bytes());
  double const volume = static_cast<double>(Sample::shape(shape).elements()) * sizeof(T);
  EXPECT_NEAR(touched - read_again * volume, report.declared_bytes, 0.01 * report.declared_bytes);
}

TEST(GroupNormInspection, TouchesTheBytesItDeclaresAndReadsTwice) {
  expect_declared<bench::GroupNormForwardSample, f32>(1);
  expect_declared<bench::GroupNormBackwardSample, bf16>(2);
}

}  // namespace
}  // namespace heddle::testing
