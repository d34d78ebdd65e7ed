// The kernels of the gradients of reductions against the CPU, and the CPU against the definition.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "tests/kernels/reduce/reduce_backward_reference.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

class ReduceBackward : public ::testing::TestWithParam<ReduceCase> {
 protected:
  template <class Test>
  static void for_each_operation(Test const& test) {
    for (Summary const summary : {Summary::sum, Summary::mean, Summary::l2_norm})
      test(ReduceSumBackwardCase(GetParam(), summary));
    test(ReduceMaxBackwardCase(GetParam()));
  }
};

TEST_P(ReduceBackward, Emulated) {
  for_each_operation([](auto const& c) { test_emulated(c); });
}

TEST_P(ReduceBackward, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  for_each_operation([](auto const& c) { test_all_types(Device::cuda, c); });
}

TEST_P(ReduceBackward, CpuInEachType) {
  for_each_operation([](auto const& c) { test_all_types(Device::cpu, c); });
}

INSTANTIATE_TEST_SUITE_P(Cases, ReduceBackward, ::testing::ValuesIn(reduce_cases()),
                         [](auto const& test) { return test.param.name; });

TEST(ReduceBackwardCpu, IsTheDefinition) {
  std::vector<f32> const dy = {3, -6}, x = {3, 1, 4, 0}, y = {5, 0};  // results [1, 2], elements [1, 2, 2]
  std::vector<i64> const index = {1, 0};
  std::vector<f32> dx(4);
  auto const of_sum = [&](Summary summary) {
    cpu::reduce_sum_backward<f32>(
        {.shape = {1, 2, 2}, .summary = summary, .dy = dy.data(), .x = x.data(), .y = y.data(), .dx = dx.data()}, {});
    return dx;
  };
  EXPECT_EQ(of_sum(Summary::sum), (std::vector<f32>{3, -6, 3, -6}));
  EXPECT_EQ(of_sum(Summary::mean), (std::vector<f32>{1.5f, -3, 1.5f, -3}));
  EXPECT_EQ(of_sum(Summary::l2_norm), (std::vector<f32>{1.8f, 0, 2.4f, 0}));
  cpu::reduce_max_backward<f32>({.shape = {1, 2, 2}, .dy = dy.data(), .index = index.data(), .dx = dx.data()}, {});
  EXPECT_EQ(dx, (std::vector<f32>{0, -6, 3, 0}));
}

TEST(ReduceBackwardErrors, NameTheValue) {
  EXPECT_EQ(error_of([] {
              cpu::reduce_max_backward<f32>({.shape = {1, -2, 3}}, {});
            }),
            "[reduce_max_backward] sizes must not be negative: outer=1, axis=-2, inner=3");
  EXPECT_EQ(error_of([] {
              emulated::reduce_sum_backward<f32>({.shape = {1, 2, 2}}, {});
            }),
            "[reduce_sum_backward] dy is null, but has 2 elements");
  EXPECT_EQ(error_of([] {
              cpu::reduce_sum_backward<f32>({.shape = {1, 0, 0}, .summary = static_cast<Summary>(9)}, {});
            }),
            "[reduce_sum_backward] unknown summary: 9");
}

}  // namespace
}  // namespace heddle::testing
