// The kernels of group normalisation against the CPU: emulated in adverse executions, and on a GPU where there is one.
// The CPU against PyTorch in double precision.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "tests/kernels/norm/group_norm_bounds.h"
#include "tests/support/error.h"
#include "tests/support/fixture.h"

namespace heddle::testing {
namespace {

class GroupNorm : public ::testing::TestWithParam<GroupNormCase> {};

TEST_P(GroupNorm, Emulated) {
  test_emulated(GroupNormForwardCase(GetParam()));
  test_emulated(GroupNormBackwardCase(GetParam()));
}

TEST_P(GroupNorm, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_all_types(Device::cuda, GroupNormForwardCase(GetParam()));
  test_all_types(Device::cuda, GroupNormBackwardCase(GetParam()));
}

TEST_P(GroupNorm, CpuInEachType) {
  test_all_types(Device::cpu, GroupNormForwardCase(GetParam()));
  test_all_types(Device::cpu, GroupNormBackwardCase(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Cases, GroupNorm, ::testing::ValuesIn(group_norm_cases()),
                         [](auto const& test) { return test.param.name; });

class GroupNormFixture : public ::testing::TestWithParam<std::string> {};

// Sums run over at most 300 elements, in double; the values are rounded to f32, once here and once in the fixture.
TEST_P(GroupNormFixture, MatchesPyTorch) {
  nn::TensorFile const file = fixture("group_norm");
  auto const input = [&](std::string_view name, i64, u64) {
    return values(file, GetParam() + "." + std::string(name));
  };
  std::vector<f32> const sizes = input("sizes", 4, 0);
  auto const size = [&](std::size_t i) { return static_cast<i64>(sizes[i]); };
  Activation const activation = GetParam() == "silu" ? Activation::silu : Activation::none;
  GroupNormForwardArgs<f32> forward = {.shape = {size(0), size(1), size(2), size(3)}, .activation = activation};
  bench::Operands const outputs(cpu::memory, forward, input);
  cpu::group_norm_forward(forward, {});
  Bound const bound = close_bound(4 * u, 64 * u);  // |pre-activation| + 1 is below 10
  EXPECT_TRUE(within(outputs.values("y"), input("y", 0, 0), bound));

  GroupNormBackwardArgs<f32> backward = {.shape = forward.shape, .activation = activation};
  bench::Operands const gradients(cpu::memory, backward, [&](std::string_view name, i64 count, u64 seed) {
    return outputs.has(name) ? outputs.values(name) : input(name, count, seed);
  });
  cpu::group_norm_backward(backward, {});
  for (char const* const name : {"dx", "dgamma", "dbeta"})
    EXPECT_TRUE(within(gradients.values(name), input(name, 0, 0), close_bound(4 * u, 1000 * u))) << name;
}

INSTANTIATE_TEST_SUITE_P(PyTorch, GroupNormFixture, ::testing::Values("odd", "instance", "one_group", "silu"),
                         [](auto const& test) { return test.param; });

TEST(GroupNormErrors, NameTheValue) {
  for (auto* const forward : {emulated::group_norm_forward<f32>, cpu::group_norm_forward<f32>}) {
    EXPECT_EQ(error_of([&] {
                forward({.shape = {1, 1, 6, 4}}, {});
              }),
              "[group_norm_forward] groups must divide channels: channels=6, groups=4");
    EXPECT_EQ(error_of([&] {
                forward({.shape = {1, 2, 6, 3}}, {});
              }),
              "[group_norm_forward] x is null, but has 12 elements");
  }
}

TEST(GroupNormCost, CountsEachTensorOnce) {
  EXPECT_EQ(cost(GroupNormForwardArgs<bf16>{.shape = {32, 196, 256, 32}}).bytes(),
            2.0 * 32 * 196 * 256 * 2 + 2 * 4 * 256 + 2 * 4 * 32 * 32);
}

}  // namespace
}  // namespace heddle::testing
