// What the kernel of mean greys does to memory.
#include <gtest/gtest.h>

#include "kernels/machine/host/checker/access_checker.h"
#include "tests/kernels/augment/image_grey_cases.h"
#include "tests/support/inspect_sample.h"

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
  SampleReport const sample = inspect_sample<bench::ImageGreySample, f32>({16, 64, 48, 3});
  emulated::KernelReport const& kernel = sample.kernels.at(0);
  for (auto const& line : kernel.lines) {
    if (line.space == emulated::Space::global && line.bytes == 16) {
      EXPECT_EQ(line.counts.efficiency(), 1) << describe(line.place.line);
    }
  }
  EXPECT_NEAR(sample.least_bytes(), sample.declared_bytes, 0.01 * sample.declared_bytes);
  EXPECT_NEAR(static_cast<double>(kernel.moved_bytes()), sample.declared_bytes, 0.01 * sample.declared_bytes);
}

}  // namespace
}  // namespace heddle::testing
