// The kernels of pooling against the CPU: emulated in adverse executions, and on a GPU where there is one.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "tests/kernels/pool/pool_cases.h"

namespace heddle::testing {
namespace {

class PoolKernels : public ::testing::TestWithParam<Pool2dCase> {};

TEST_P(PoolKernels, Emulated) {
  for_each_pool2d(GetParam(), [](auto const& c) { test_emulated(c, {.once = c.c.once}); });
}

TEST_P(PoolKernels, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  for_each_pool2d(GetParam(), [](auto const& c) { test_all_types(Device::cuda, c); });
}

TEST_P(PoolKernels, CpuInEachType) {
  for_each_pool2d(GetParam(), [](auto const& c) { test_all_types(Device::cpu, c); });
}

INSTANTIATE_TEST_SUITE_P(Cases, PoolKernels, ::testing::ValuesIn(pool2d_cases()),
                         [](auto const& test) { return test.param.name; });

class AdaptivePoolKernels : public ::testing::TestWithParam<AdaptivePool2dCase> {};

TEST_P(AdaptivePoolKernels, Emulated) {
  for_each_adaptive_pool(GetParam(), [](auto const& c) { test_emulated(c); });
}

TEST_P(AdaptivePoolKernels, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  for_each_adaptive_pool(GetParam(), [](auto const& c) { test_all_types(Device::cuda, c); });
}

TEST_P(AdaptivePoolKernels, CpuInEachType) {
  for_each_adaptive_pool(GetParam(), [](auto const& c) { test_all_types(Device::cpu, c); });
}

INSTANTIATE_TEST_SUITE_P(Cases, AdaptivePoolKernels, ::testing::ValuesIn(adaptive_pool2d_cases()),
                         [](auto const& test) { return test.param.name; });

class GlobalAverageKernels : public ::testing::TestWithParam<GlobalAverageSizes> {};

TEST_P(GlobalAverageKernels, Emulated) {
  for_each_global_average(GetParam(), [](auto const& c) { test_emulated(c, {.once = c.c.once}); });
}

TEST_P(GlobalAverageKernels, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  for_each_global_average(GetParam(), [](auto const& c) { test_all_types(Device::cuda, c); });
}

TEST_P(GlobalAverageKernels, CpuInEachType) {
  for_each_global_average(GetParam(), [](auto const& c) { test_all_types(Device::cpu, c); });
}

INSTANTIATE_TEST_SUITE_P(Cases, GlobalAverageKernels, ::testing::ValuesIn(global_average_cases()),
                         [](auto const& test) { return test.param.name; });

/// What a forward pass on the emulator makes of one window of an image of n values.
struct Special {
  f32 y = 0;
  u8 tap = 99;
  i32 index = 99;
};
Special emulated_max(std::vector<f32> const& x) {
  Special out;
  Pool2dShape const shape = {.n = 1, .h = 1, .w = std::ssize(x), .c = 1, .r = 1, .s = std::ssize(x)};
  emulated::max_pool_forward<f32>({.shape = shape, .x = x.data(), .y = &out.y, .tap = &out.tap, .index = &out.index},
                                  {});
  return out;
}

TEST(MaxPoolKernel, TheFirstNaNWinsAndInfinitiesAreValues) {
  f32 const nan = std::numeric_limits<f32>::quiet_NaN(), infinity = std::numeric_limits<f32>::infinity();
  Special const first_nan = emulated_max({1, nan, 3, nan, infinity});
  EXPECT_TRUE(std::isnan(first_nan.y));
  EXPECT_EQ(first_nan.tap, 1);
  EXPECT_EQ(first_nan.index, 1);
  Special const lowest = emulated_max({-infinity, -infinity, -infinity});
  EXPECT_EQ(lowest.y, -infinity);
  EXPECT_EQ(lowest.tap, 0);
  EXPECT_EQ(emulated_max({2, infinity, 5, infinity}).index, 1);
}

}  // namespace
}  // namespace heddle::testing
