// The kernels of softmax against the CPU: emulated in adverse executions, and on a GPU where there is one.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "kernels/softmax/softmax_config.h"
#include "tests/kernels/softmax/softmax_reference.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

class Softmax : public ::testing::TestWithParam<SoftmaxCase> {};

TEST_P(Softmax, Emulated) {
  for_each_pass(GetParam(),
                [](auto const& c) { test_emulated(c, {.architecture = c.c.architecture, .once = c.c.once}); });
}

TEST_P(Softmax, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  for_each_pass(GetParam(), [](auto const& c) { test_all_types(Device::cuda, c); });
}

TEST_P(Softmax, CpuInEachType) {
  for_each_pass(GetParam(), [](auto const& c) { test_all_types(Device::cpu, c); });
}

INSTANTIATE_TEST_SUITE_P(Cases, Softmax, ::testing::ValuesIn(softmax_cases()),
                         [](auto const& test) { return test.param.name; });

// Each candidate is the choice of some case, so that the list above runs them all.
template <std::size_t count>
void expect_all_chosen(RowConfig const (&candidates)[count]) {
  for (RowConfig const& config : candidates) {
    bool chosen = false;
    for (SoftmaxCase const& c : softmax_cases())
      for (i64 const bytes : {2, 4})
        chosen |= c.rows > 0 && config == choose(candidates, c.columns, {bytes, c.offset == 0, c.architecture});
    EXPECT_TRUE(chosen) << config.threads_per_row << " threads, " << config.accesses << " accesses";
  }
}

TEST(SoftmaxConfigs, AreAllTested) {
  expect_all_chosen(softmax_forward_configs);
  expect_all_chosen(softmax_backward_configs);
}

TEST(SoftmaxErrors, NameTheValue) {
  SoftmaxForwardArgs<f32> a = {.rows = -1, .columns = 4};
  EXPECT_EQ(error_of([&] { emulated::softmax_forward(a, {}); }),
            "[softmax_forward] sizes must not be negative: rows=-1, columns=4");
  a.rows = 2;
  EXPECT_EQ(error_of([&] { emulated::softmax_forward(a, {}); }), "[softmax_forward] x is null, but has 8 elements");
  EXPECT_EQ(error_of([&] { cpu::softmax_forward(a, {}); }), "[softmax_forward] x is null, but has 8 elements");
  u8 const mask = 1;
  a.mask = &mask;
  a.mask_rows = 0;
  EXPECT_EQ(error_of([&] { emulated::softmax_forward(a, {}); }),
            "[softmax_forward] mask and bias need rows: mask_rows=0");
}

TEST(SoftmaxCost, CountsEachTensorOnce) {
  EXPECT_EQ(cost(SoftmaxForwardArgs<bf16>{.rows = 8192, .columns = 4096}).bytes(), 2.0 * 8192 * 4096 * 2);
  u8 const mask = 1;
  EXPECT_EQ(cost(SoftmaxForwardArgs<bf16>{.rows = 8192, .columns = 4096, .mask_rows = 16, .mask = &mask}).bytes(),
            2.0 * 8192 * 4096 * 2 + 16 * 4096);
  EXPECT_EQ(cost(SoftmaxBackwardArgs<bf16>{.rows = 8192, .columns = 4096}).bytes(), 3.0 * 8192 * 4096 * 2);
}

}  // namespace
}  // namespace heddle::testing
