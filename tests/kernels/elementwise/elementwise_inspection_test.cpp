// The memory traffic of the elementwise kernels, counted on the emulator. Linked with kernels that are examined.
#include "bench/samples/elementwise.h"
#include "tests/support/inspect_sample.h"

namespace heddle::testing {
namespace {

template <class Sample, class T>
void expect_only_what_must_move(std::vector<i64> const& sizes, u32 narrowest_access) {
  SampleReport const report = inspect_sample<Sample, T>(sizes);
  expect_efficient(report.kernels.at(0), narrowest_access);
  EXPECT_NEAR(report.least_bytes(), report.declared_bytes, 0.01 * report.declared_bytes);
}

TEST(ElementwiseInspection, EveryByteOnceAndEverySectorFull) {
  expect_only_what_must_move<bench::AddSample, f32>({65536}, 16);
  expect_only_what_must_move<bench::AddSample, bf16>({65536}, 16);
  expect_only_what_must_move<bench::CastSample, f32>({65536}, 4);
  expect_only_what_must_move<bench::CastSample, bf16>({65536}, 8);
  expect_only_what_must_move<bench::ChainForwardSample, f32>({64, 1024}, 16);
  expect_only_what_must_move<bench::ChainForwardSample, bf16>({64, 1024}, 16);
}

// The states of the blocks come on top: one row of f32 for at least 16 rows of the tensors.
TEST(ElementwiseInspection, BackwardWithBias) {
  for (i64 const columns : {64, 1024}) {
    SampleReport const report = inspect_sample<bench::ChainBackwardSample, bf16>({524288 / columns, columns});
    expect_efficient(report.kernels.at(0), 16);
    double const states = report.least_bytes() - report.declared_bytes;
    EXPECT_LE(states, 0.05 * report.declared_bytes) << columns;
  }
}

}  // namespace
}  // namespace heddle::testing
