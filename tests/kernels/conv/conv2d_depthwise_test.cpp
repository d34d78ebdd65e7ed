// The depthwise kernels against the CPU: emulated in adverse executions, and on a GPU where there is one.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "tests/kernels/conv/conv2d_cases.h"
#include "tests/kernels/conv/conv2d_depthwise_cases.h"

namespace heddle::testing {
namespace {

class Conv2dDepthwise : public ::testing::TestWithParam<Conv2dCase> {};

TEST_P(Conv2dDepthwise, Emulated) {
  for_each_direction(GetParam(), [](auto const& c) { test_emulated(c); });
}

TEST_P(Conv2dDepthwise, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  for_each_direction(GetParam(), [](auto const& c) { test_all_types(Device::cuda, c); });
}

INSTANTIATE_TEST_SUITE_P(Cases, Conv2dDepthwise, ::testing::ValuesIn(depthwise_cases()),
                         [](auto const& test) { return test.param.name; });

/// Channels of whole vectors that are not aligned.
TEST(Conv2dDepthwiseMisaligned, Emulated) {
  for_each_direction({"misaligned", depthwise_shape({1, 5, 6, 16, 3, 2, 1})}, [](auto c) {
    c.offset = 1;
    test_emulated(c);
  });
}

}  // namespace
}  // namespace heddle::testing
