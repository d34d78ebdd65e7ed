// The kernel of mean greys against the CPU: emulated in adverse executions, and on a GPU where there is one.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "tests/kernels/augment/image_grey_cases.h"

namespace heddle::testing {
namespace {

TEST(ImageGreyKernel, Emulated) {
  for (ImageGreyCase const& c : image_grey_cases()) {
    SCOPED_TRACE(c.name);
    for (emulated::ExecutionOptions const& options : emulated::adversarial_executions()) {
      emulated::ScopedExecution const execution(options);
      test_operation<f32>(Device::emulated, c);
    }
  }
}

TEST(ImageGreyKernel, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  for (ImageGreyCase const& c : image_grey_cases()) {
    SCOPED_TRACE(c.name);
    test_operation<f32>(Device::cuda, c);
  }
}

}  // namespace
}  // namespace heddle::testing
