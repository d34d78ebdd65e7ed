// What the kernel of mixed batches does to memory: no races, nothing out of bounds, and how much it moves.
#include <gtest/gtest.h>

#include "kernels/machine/host/checker/access_checker.h"
#include "kernels/machine/host/inspector/report.h"
#include "tests/kernels/augment/mix_batch_cases.h"

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

template <bool pasted, class T>
emulated::KernelReport inspected(MixBatchArgs<T>& args) {
  bench::Operands const operands(emulated::memory, args, bench::MixBatchSample<pasted>::values);
  emulated::Inspector inspector;
  emulated::ScopedExecution const execution({.observer = &inspector});
  emulated::mix_batch<T>(args, {});
  return report(inspector).at(0);
}

// Each picture is read for itself and for the one whose partner it is.
template <class T>
void expect_efficient(std::vector<i64> const& sizes) {
  auto args = bench::MixBatchSample<false>::arguments<T>(sizes);
  auto const kernel = inspected<false>(args);
  for (auto const& line : kernel.lines) {
    if (line.bytes == 16 || line.kind == emulated::AccessKind::write) {
      EXPECT_EQ(line.counts.efficiency(), 1) << describe(line.place.line);
    }
  }
  double const declared = cost(args).bytes();
  EXPECT_NEAR(static_cast<double>(kernel.least_bytes()), declared, 0.01 * declared);
}

TEST(MixBatchInspection, MovesWhatItDeclaresInWholeSectors) {
  for (std::vector<i64> const& sizes : {std::vector<i64>{16, 32, 32, 3, 10}, {2, 96, 96, 3, 1000}}) {
    expect_efficient<f32>(sizes);
    expect_efficient<bf16>(sizes);
  }
}

// CutMix takes each value from one picture: in all little more than a volume, and one is written.
TEST(MixBatchInspection, ReadsUnderCutMixWhatItWrites) {
  auto args = bench::MixBatchSample<true>::arguments<f32>({8, 96, 96, 3, 10});
  MixBox const box = mix_choice(args.options, 96, 96, args.seed, args.batch).box;
  ASSERT_GT((box.bottom - box.top) * (box.right - box.left), 500);
  auto const kernel = inspected<true>(args);
  double const volume = 4.0 * 8 * 96 * 96 * 3;
  EXPECT_LT(static_cast<double>(kernel.moved_bytes()), 2.2 * volume);
}

}  // namespace
}  // namespace heddle::testing
