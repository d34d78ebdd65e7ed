// What the kernel of image batches does to memory: no races, nothing out of bounds, and how much it moves.
#include <gtest/gtest.h>

#include "kernels/machine/host/checker/access_checker.h"
#include "kernels/machine/host/inspector/report.h"
#include "tests/kernels/augment/image_batch_cases.h"

namespace heddle::testing {
namespace {

using emulated::AccessKind;
using emulated::KernelReport;
using emulated::LineReport;
using emulated::Space;

TEST(ImageBatchAccesses, AreInOrder) {
  for (ImageBatchSizes const& c : image_batch_cases()) {
    SCOPED_TRACE(c.name);
    emulated::AccessChecker checker;
    emulated::ScopedExecution const execution(
        {.order = emulated::ThreadOrder::random, .seed = 3, .observer = &checker});
    test_operation<f32>(Device::emulated, ImageBatchCase(c));
    test_operation<bf16>(Device::emulated, ImageBatchCase(c));
  }
}

template <class Sample, class T>
void expect_efficient(std::vector<i64> const& sizes) {
  auto args = Sample::template arguments<T>(sizes);
  bench::Operands const operands(emulated::memory, args, Sample::values);
  emulated::Inspector inspector;
  {
    emulated::ScopedExecution const execution({.observer = &inspector});
    emulated::image_batch<T>(args, {});
  }
  KernelReport const kernel = report(inspector).at(0);
  int wide = 0;
  for (LineReport const& line : kernel.lines) {
    if (line.space == Space::global && (line.bytes == 16 || line.kind == AccessKind::write)) {
      EXPECT_EQ(line.counts.efficiency(), 1) << describe(line.place.line);
      ++wide;
    }
    // Where a turned picture is sampled, they depend on the angle. Else none where rows go on; where a mirrored one
    // ends, the next begins in another bank.
    if (line.space == Space::shared && !args.options.affine.any()) {
      EXPECT_LE(line.counts.conflicts(), line.counts.requests) << describe(line.place.line);
    }
  }
  EXPECT_EQ(wide, 2);  // images and y
  double const declared = cost(args).bytes();
  EXPECT_NEAR(static_cast<double>(kernel.least_bytes()), declared, 0.01 * declared);
}

template <class Sample>
void expect_efficient_in_all_types(std::vector<i64> const& sizes) {
  SCOPED_TRACE(sizes[1]);
  expect_efficient<Sample, f32>(sizes);
  expect_efficient<Sample, f16>(sizes);
  expect_efficient<Sample, bf16>(sizes);
}

TEST(ImageBatchInspection, MovesWhatItDeclaresInWholeSectors) {
  for (std::vector<i64> const& sizes : {std::vector<i64>{32, 32, 32, 3, 0}, {2, 224, 224, 3, 0}, {8, 64, 48, 1, 0}})
    expect_efficient_in_all_types<bench::ImageBatchSample>(sizes);
}

TEST(ImageBatchInspection, ColoursMoveNothingMore) {
  for (std::vector<i64> const& sizes : {std::vector<i64>{32, 32, 32, 3, 0}, {2, 224, 224, 3, 0}, {8, 64, 48, 1, 0}})
    expect_efficient_in_all_types<bench::ColouredImageBatchSample>(sizes);
}

// Where the image is held in shared memory, and one block makes the picture.
TEST(ImageBatchInspection, TurnedPicturesMoveNothingMore) {
  for (std::vector<i64> const& sizes : {std::vector<i64>{32, 32, 32, 3, 0}, {8, 64, 48, 1, 0}})
    expect_efficient_in_all_types<bench::TurnedImageBatchSample>(sizes);
}

}  // namespace
}  // namespace heddle::testing
