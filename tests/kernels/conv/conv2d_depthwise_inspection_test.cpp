// What the depthwise kernels cost, by the inspector, and that every access of theirs is in order. Linked with kernels
// that are examined.
#include "bench/samples/conv2d.h"
#include "tests/kernels/conv/conv2d_cases.h"
#include "tests/kernels/conv/conv2d_depthwise_cases.h"
#include "tests/support/accesses_test.h"
#include "tests/support/inspect_sample.h"

namespace heddle::testing {
namespace {

class Conv2dDepthwiseAccesses : public ::testing::TestWithParam<Conv2dCase> {};

TEST_P(Conv2dDepthwiseAccesses, AreInOrder) {
  for_each_direction(GetParam(), [](auto const& c) { test_accesses(c); });
}

INSTANTIATE_TEST_SUITE_P(Cases, Conv2dDepthwiseAccesses, ::testing::ValuesIn(depthwise_cases()),
                         [](auto const& test) { return test.param.name; });

/// Accesses of 16 bytes to elements use whole sectors, and none to shared memory takes more than twice the wavefronts
/// it must. Sums of parts are written as two accesses to 32 bytes, and are few.
void expect_efficient_accesses(emulated::KernelReport const& kernel, bool writes_sums) {
  int wide = 0;
  for (emulated::LineReport const& line : kernel.lines) {
    bool const sums = writes_sums && line.kind == emulated::AccessKind::write;
    if (line.space == emulated::Space::global && line.bytes == 16 && !sums) {
      EXPECT_EQ(line.counts.efficiency(), 1) << describe(line.place.line);
      ++wide;
    } else if (line.space == emulated::Space::shared) {
      EXPECT_LE(line.counts.wavefronts, 2 * line.counts.least_wavefronts) << describe(line.place.line);
    }
  }
  EXPECT_GE(wide, 1);
}

/// The declared bytes are touched once, by one kernel, and multiplied with no tap on a phase of the stride that is not
/// its own.
template <class Sample, class T>
void expect_ideal_gather(std::vector<i64> const& sizes) {
  SCOPED_TRACE(Sample::template operation<T>.name + (" of " + ::testing::PrintToString(sizes)));
  SampleReport const found = inspect_sample<Sample, T>(sizes);
  ASSERT_EQ(found.kernels.size(), 1u);
  EXPECT_EQ(found.kernels[0].launches, 1u);
  EXPECT_EQ(found.least_bytes(), found.declared_bytes);
  EXPECT_LE(static_cast<double>(found.kernels[0].operations.arithmetic), Sample::template arguments<T>(sizes).flops());
  expect_efficient_accesses(found.kernels[0], false);
}

/// Also the sums of the parts.
template <class T>
void expect_ideal_gradient(std::vector<i64> const& sizes) {
  SCOPED_TRACE("conv2d_backward_filter of " + ::testing::PrintToString(sizes));
  using Sample = bench::Conv2dBackwardFilterSample;
  SampleReport const found = inspect_sample<Sample, T>(sizes);
  auto const args = Sample::arguments<T>(sizes);
  emulated::KernelReport const& kernel = found.kernels.at(0);
  EXPECT_EQ(kernel.launches, 2u);
  EXPECT_EQ(static_cast<double>(kernel.read_bytes + kernel.written_bytes),
            found.declared_bytes + 2 * static_cast<double>(args.workspace_bytes()));
  expect_efficient_accesses(kernel, true);
}

TEST(Conv2dDepthwiseInspection, MovesWhatItMust) {
  using namespace bench;
  for (std::vector<i64> const& sizes : {std::vector<i64>{2, 16, 16, 64, 64, 3, 1, 1, 64},
                                        {2, 16, 16, 64, 64, 3, 2, 1, 64},
                                        {1, 16, 16, 64, 64, 5, 1, 2, 64},
                                        {1, 16, 16, 64, 64, 5, 2, 2, 64}}) {
    expect_ideal_gather<Conv2dForwardSample, bf16>(sizes);
    expect_ideal_gather<Conv2dForwardSample, f32>(sizes);
    expect_ideal_gather<Conv2dBackwardDataSample, bf16>(sizes);
    expect_ideal_gather<Conv2dBackwardDataSample, f32>(sizes);
    expect_ideal_gradient<bf16>(sizes);
    expect_ideal_gradient<f32>(sizes);
  }
}

}  // namespace
}  // namespace heddle::testing
