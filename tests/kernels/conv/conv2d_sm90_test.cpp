// Each configuration of the convolution's kernels for sm_90a against the CPU: emulated in adverse executions, and on a
// GPU where there is one.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "tests/kernels/conv/conv2d_sm90_pass.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

class Conv2dSm90 : public ::testing::TestWithParam<Conv2dCase> {};

TEST_P(Conv2dSm90, EmulatedInEachConfiguration) {
  for_each_sm90_pass(GetParam(), [](auto const& pass) {
    SCOPED_TRACE(pass.template operation<bf16>.name);
    for (emulated::ExecutionOptions options : emulated::adversarial_executions()) {
      options.architecture = 90;
      SCOPED_TRACE(describe(options));
      emulated::ScopedExecution const execution(options);
      test_operation<bf16>(Device::emulated, pass);
    }
    emulated::ScopedExecution const execution({.architecture = 90});
    test_operation<f16>(Device::emulated, pass);
  });
}

TEST_P(Conv2dSm90, CudaInEachConfiguration) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  if (cuda::kernel_architecture() != 90) GTEST_SKIP() << "the device is not of sm_90";
  for_each_sm90_pass(GetParam(), [](auto const& pass) {
    SCOPED_TRACE(pass.template operation<bf16>.name);
    test_operation<bf16>(Device::cuda, pass);
    test_operation<f16>(Device::cuda, pass);
  });
}

INSTANTIATE_TEST_SUITE_P(Cases, Conv2dSm90, ::testing::ValuesIn(conv2d_sm90_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
