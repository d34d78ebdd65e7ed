// What the kernels of the convolution cost, by the inspector. Linked with kernels that are examined.
#include "bench/samples/conv2d.h"
#include "tests/support/inspect_sample.h"

namespace heddle::testing {
namespace {

/// On the ordinary arithmetic units.
template <class Sample>
struct Plain : Sample {
  template <class T>
  static typename Sample::template Args<T> arguments(std::vector<i64> const& sizes) {
    auto args = Sample::template arguments<T>(sizes);
    args.choice = {ConvPath::plain};
    return args;
  }
};

/// Whole tiles: the declared bytes are touched once, in whole sectors, the operations are the declared ones and the
/// epilogue's factor of each of `scaled` elements, and no access to shared memory takes more than twice the wavefronts
/// it must.
template <class Sample, class T>
void expect_ideal(std::vector<i64> const& sizes, double scaled) {
  SCOPED_TRACE(Sample::template operation<T>.name);
  SampleReport const found = inspect_sample<Sample, T>(sizes);
  EXPECT_EQ(found.least_bytes(), found.declared_bytes);
  EXPECT_EQ(static_cast<double>(found.kernels.at(0).operations.arithmetic),
            Sample::template arguments<T>(sizes).flops() + scaled);
  EXPECT_EQ(found.kernels.at(0).global.efficiency(), 1);
  for (emulated::LineReport const& line : found.kernels.at(0).lines)
    if (line.space == emulated::Space::shared) {
      EXPECT_LE(line.counts.wavefronts, 2 * line.counts.least_wavefronts) << describe(line.place.line);
    }
}

TEST(Conv2dInspection, WholeTilesAreIdeal) {
  std::vector<i64> const sizes = {2, 8, 8, 64, 64, 3, 1, 1, 1};
  expect_ideal<Plain<bench::Conv2dForwardSample>, f32>(sizes, 2 * 8 * 8 * 64);
  expect_ideal<Plain<bench::Conv2dForwardSample>, bf16>(sizes, 2 * 8 * 8 * 64);
  expect_ideal<Plain<bench::Conv2dBackwardDataSample>, f32>(sizes, 2 * 8 * 8 * 64);
  expect_ideal<Plain<bench::Conv2dBackwardDataSample>, bf16>(sizes, 2 * 8 * 8 * 64);
  expect_ideal<Plain<bench::Conv2dBackwardFilterSample>, f32>(sizes, 0);
  expect_ideal<Plain<bench::Conv2dBackwardFilterSample>, bf16>(sizes, 0);
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
