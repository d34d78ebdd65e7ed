// What the kernel of mean greys does to memory.
#include <gtest/gtest.h>

#include "kernels/machine/host/checker/access_checker.h"
#include "kernels/machine/host/inspector/report.h"
#include "tests/kernels/augment/image_grey_cases.h"

namespace heddle::testing {
namespace {

TEST(ImageGreyAccesses, AreInOrder) {
  for (ImageGreyCase const& c : image_grey_cases()) {
    SCOPED_TRACE(c.name);
    emulated::AccessChecker checker;
    emulated::ScopedExecution const execution(
        {.order = emulated::ThreadOrder::random, .seed = 3, .observer = &checker});
    test_operation<f32>(Device::emulated, c);
  }
}

TEST(ImageGreyInspection, ReadsEachByteOnceInWholeSectors) {
  auto args = bench::ImageGreySample::arguments<f32>({16, 64, 48, 3});
  bench::Operands const operands(emulated::memory, args, bench::ImageGreySample::values);
  emulated::Inspector inspector;
  {
    emulated::ScopedExecution const execution({.observer = &inspector});
    emulated::image_grey<f32>(args, {});
  }
  auto const kernel = report(inspector).at(0);
  for (auto const& line : kernel.lines) {
    if (line.kind == emulated::AccessKind::read && line.space == emulated::Space::global && line.bytes == 16) {
      EXPECT_EQ(line.counts.efficiency(), 1) << describe(line.place.line);
    }
  }
  double const declared = cost(args).bytes();
  EXPECT_NEAR(static_cast<double>(kernel.least_bytes()), declared, 0.01 * declared);
  EXPECT_NEAR(static_cast<double>(kernel.moved_bytes()), declared, 0.01 * declared);
}

}  // namespace
}  // namespace heddle::testing
