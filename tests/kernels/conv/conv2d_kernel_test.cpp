// The kernels of the convolution against the CPU: emulated in adverse executions, and on a GPU where there is one.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "tests/kernels/conv/conv2d_cases.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

class Conv2dKernels : public ::testing::TestWithParam<Conv2dCase> {};

TEST_P(Conv2dKernels, Emulated) {
  for_each_direction(GetParam(), [](auto const& c) { test_emulated(c); });
}

TEST_P(Conv2dKernels, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  for_each_direction(GetParam(), [](auto const& c) { test_all_types(Device::cuda, c); });
}

TEST_P(Conv2dKernels, CpuInEachType) {
  for_each_direction(GetParam(), [](auto const& c) { test_all_types(Device::cpu, c); });
}

INSTANTIATE_TEST_SUITE_P(Cases, Conv2dKernels, ::testing::ValuesIn(conv2d_cases()),
                         [](auto const& test) { return test.param.name; });

/// Tensors that begin one element after an aligned address, in rows of whole vectors.
TEST(Conv2dMisaligned, Emulated) {
  for_each_direction({"misaligned", {.n = 1, .h = 5, .w = 5, .c = 8, .k = 8, .r = 3, .s = 3}}, [](auto c) {
    c.offset = 1;
    test_emulated(c);
  });
}

TEST(Conv2dKernelErrors, NameTheValue) {
  Conv2dShape const shape = {.n = 1, .h = 64, .w = 64, .c = 4, .k = 4, .r = 3, .s = 3};
  f32 some = 0;
  EXPECT_EQ(error_of([&] { emulated::conv2d_forward<f32>({.shape = shape, .filter = &some, .y = &some}, {}); }),
            "[conv2d_forward] x is null, but has 16384 elements");
  EXPECT_EQ(error_of([&] {
              emulated::conv2d_backward_filter<f32>({.shape = shape, .x = &some, .dy = &some, .dfilter = &some}, {});
            }),
            "[conv2d_backward_filter] workspace is too small or null: 0 bytes, needs 8640");
}

}  // namespace
}  // namespace heddle::testing
