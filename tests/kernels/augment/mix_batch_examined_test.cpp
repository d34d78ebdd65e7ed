// What the kernel of mixed batches does to memory: no races, nothing out of bounds, and how much it moves.
#include <gtest/gtest.h>

#include "kernels/machine/host/checker/access_checker.h"
#include "tests/kernels/augment/mix_batch_cases.h"
#include "tests/support/inspect_sample.h"

namespace heddle::testing {
namespace {

TEST(MixBatchAccesses, AreInOrder) {
  for (MixBatchSizes const& c : mix_batch_cases()) {
    SCOPED_TRACE(c.name);
    emulated::AccessChecker checker;
    emulated::ScopedExecution const execution(
        {.order = emulated::ThreadOrder::random, .seed = 3, .observer = &checker});
    test_operation<f32>(Device::emulated, MixBatchCase(c));
    test_operation<bf16>(Device::emulated, MixBatchCase(c));
  }
}

// Each picture is read for itself and for the one whose partner it is.
template <class T>
void expect_efficient(std::vector<i64> const& sizes) {
  SampleReport const sample = inspect_sample<bench::MixBatchSample<false>, T>(sizes);
  for (auto const& line : sample.kernels.at(0).lines) {
    if (line.bytes == 16 || line.kind == emulated::AccessKind::write) {
      EXPECT_EQ(line.counts.efficiency(), 1) << describe(line.place.line);
    }
  }
  EXPECT_NEAR(sample.least_bytes(), sample.declared_bytes, 0.01 * sample.declared_bytes);
}

TEST(MixBatchInspection, MovesWhatItDeclaresInWholeSectors) {
  for (std::vector<i64> const& sizes : {std::vector<i64>{16, 32, 32, 3, 10}, {2, 96, 96, 3, 1000}}) {
    expect_efficient<f32>(sizes);
    expect_efficient<bf16>(sizes);
  }
}

// CutMix takes each value from one picture: in all little more than a volume, and one is written.
TEST(MixBatchInspection, ReadsUnderCutMixWhatItWrites) {
  using Sample = bench::MixBatchSample<true>;
  std::vector<i64> const sizes = {8, 96, 96, 3, 10};
  auto const args = Sample::arguments<f32>(sizes);
  MixBox const box = mix_choice(args.options, args.h, args.w, args.seed, args.batch).box;
  ASSERT_GT((box.bottom - box.top) * (box.right - box.left), 500);
  double const volume = 4.0 * 8 * 96 * 96 * 3;
  SampleReport const sample = inspect_sample<Sample, f32>(sizes);
  EXPECT_LT(static_cast<double>(sample.kernels.at(0).moved_bytes()), 2.2 * volume);
}

}  // namespace
}  // namespace heddle::testing
