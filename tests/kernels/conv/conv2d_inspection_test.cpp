// What the kernels of the convolution cost, by the inspector. Linked with kernels that are examined.
#include "bench/samples/conv2d.h"
#include "tests/support/inspect_sample.h"

namespace heddle::testing {
namespace {

/// Whole tiles on the ordinary arithmetic units: the declared bytes are touched once, in whole sectors, the operations
/// are the declared ones and those of the epilogue, and no access to shared memory takes more than twice the wavefronts
/// it must.
template <class Sample>
void expect_ideal(std::vector<i64> const& sizes, i64 of_epilogue) {
  SCOPED_TRACE(Sample::template operation<f32>.name);
  SampleReport const found = inspect_sample<Sample, f32>(sizes);
  EXPECT_EQ(found.least_bytes(), found.declared_bytes);
  EXPECT_EQ(static_cast<double>(found.kernels.at(0).operations.arithmetic),
            Sample::template arguments<f32>(sizes).flops() + static_cast<double>(of_epilogue));
  EXPECT_EQ(found.kernels.at(0).global.efficiency(), 1);
  for (emulated::LineReport const& line : found.kernels.at(0).lines)
    if (line.space == emulated::Space::shared) {
      EXPECT_LE(line.counts.wavefronts, 2 * line.counts.least_wavefronts) << describe(line.place.line);
    }
}

TEST(Conv2dInspection, WholeTilesAreIdeal) {
  std::vector<i64> const sizes = {2, 8, 8, 64, 64, 3, 1, 1, 1};
  i64 const elements = 2 * 8 * 8 * 64;  // which the epilogue multiplies by 1
  expect_ideal<bench::Conv2dForwardSample>(sizes, elements);
  expect_ideal<bench::Conv2dBackwardDataSample>(sizes, elements);
  expect_ideal<bench::Conv2dBackwardFilterSample>(sizes, 0);
}

/// A phase of the stride meets its own taps alone: the four phases together do what one pass would do without stride.
TEST(Conv2dInspection, StridedBackwardDataWastesNoTap) {
  std::vector<i64> const sizes = {4, 16, 16, 64, 64, 3, 2, 1, 1};
  SampleReport const found = inspect_sample<bench::Conv2dBackwardDataSample, f32>(sizes);
  double operations = 0;
  for (emulated::KernelReport const& kernel : found.kernels)
    operations += static_cast<double>(kernel.operations.arithmetic);
  EXPECT_EQ(operations, bench::Conv2dBackwardDataSample::arguments<f32>(sizes).flops() + 4 * 16 * 16 * 64);
}

}  // namespace
}  // namespace heddle::testing
