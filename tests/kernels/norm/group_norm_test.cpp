// The kernels of group normalisation against the CPU: emulated in adverse executions, and on a GPU where there is one.
// The CPU against PyTorch in double precision.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

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

/// A forward pass and a backward pass on its statistics, with gamma = 1 and beta of 0, 1, … by channel.
struct GroupNormPasses {
  std::vector<f32> y, mean, rstd, dx, dgamma, dbeta;

  GroupNormPasses(Device device, GroupNormShape const& shape, std::vector<f32> const& x, std::vector<f32> const& dy) {
    bool const on_cpu = device == Device::cpu;
    auto const values = [&](std::string_view name, i64 count) {
      if (name == "x") return x;
      if (name == "dy") return dy;
      if (name == "mean" || name == "rstd") return name == "mean" ? mean : rstd;
      std::vector<f32> result(static_cast<std::size_t>(count), 1.0f);
      if (name == "beta") std::iota(result.begin(), result.end(), 0.0f);
      return result;
    };
    auto const run = [&](auto args, auto const& operation, auto const& keep) {
      bench::Operands const operands(memory_of(device), args,
                                     [&](auto name, i64 count, u64) { return values(name, count); });
      (on_cpu ? operation.cpu : operation.emulated)(args, {});
      keep(operands);
    };
    run(GroupNormForwardArgs<f32>{.shape = shape}, group_norm_forward<f32>, [&](bench::Operands const& outputs) {
      y = outputs.values("y"), mean = outputs.values("mean"), rstd = outputs.values("rstd");
    });
    run(GroupNormBackwardArgs<f32>{.shape = shape}, group_norm_backward<f32>, [&](bench::Operands const& outputs) {
      dx = outputs.values("dx"), dgamma = outputs.values("dgamma"), dbeta = outputs.values("dbeta");
    });
  }
};

// PyTorch gives NaN to the y and dx of the group and to dgamma of its channels. Nothing else notices.
TEST(GroupNormInfinity, MakesItsGroupNaN) {
  GroupNormShape const shape = {.images = 2, .rows = 300, .channels = 12, .groups = 3};
  std::vector<f32> const x = uniform(shape.elements(), 1), dy = uniform(shape.elements(), 2);
  auto const expect = [](std::vector<f32> const& after, std::vector<f32> const& before, auto const& is_hit) {
    for (std::size_t i = 0; i < after.size(); ++i)
      EXPECT_TRUE(is_hit(i) ? std::isnan(after[i]) : after[i] == before[i]) << i;
  };
  for (Device const device : {Device::cpu, Device::emulated}) {
    GroupNormPasses const before(device, shape, x, dy);
    for (std::size_t const row : {0, 299})
      for (f32 const value : {HUGE_VALF, -HUGE_VALF, NAN}) {
        std::vector<f32> hit = x;
        hit[(300 + row) * 12 + 6] = value;  // in the second image and the second group
        GroupNormPasses const after(device, shape, hit, dy);
        auto const of_channel = [](std::size_t i) { return i % 12 / 4 == 1; };
        auto const of_element = [&](std::size_t i) { return i >= 300 * 12 && of_channel(i); };
        auto const of_statistic = [](std::size_t i) { return i == 3 + 1; };
        expect(after.y, before.y, of_element);
        expect(after.mean, before.mean, of_statistic);
        expect(after.rstd, before.rstd, of_statistic);
        expect(after.dx, before.dx, of_element);
        expect(after.dgamma, before.dgamma, of_channel);
        expect(after.dbeta, before.dbeta, [](std::size_t) { return false; });
      }
  }
}

// As in PyTorch: y = beta, rstd = 1 / sqrt(epsilon), dgamma = 0, and dx = rstd * (dy - mean(dy)) of the group.
TEST(GroupNormConstant, IsBeta) {
  GroupNormShape const shape = {.images = 2, .rows = 150, .channels = 12, .groups = 3};
  std::vector<f32> dy(static_cast<std::size_t>(shape.elements()), 0.0f);
  dy[7] = 600;  // of image 0 and group 1, whose mean it makes 1
  double const rstd = 1 / std::sqrt(static_cast<double>(1e-5f));
  for (Device const device : {Device::cpu, Device::emulated})
    for (f32 const value : {0.0f, 0.1f, -12345.678f}) {
      GroupNormPasses const of(device, shape, std::vector<f32>(dy.size(), value), dy);
      for (f32 const mean : of.mean) EXPECT_EQ(mean, value);
      for (f32 const one : of.rstd) EXPECT_NEAR(one, rstd, 4 * u * rstd);
      for (std::size_t i = 0; i < dy.size(); ++i) {
        double const dx = i / 4 % 3 == 1 && i < 150 * 12 ? rstd * (dy[i] - 1) : 0;
        EXPECT_NEAR(of.y[i], static_cast<double>(i % 12), 1e-8);  // the mean is one in double precision
        EXPECT_NEAR(of.dx[i], dx, 8 * u * std::abs(dx));
      }
      for (std::size_t i = 0; i < 12; ++i) {
        EXPECT_NEAR(of.dgamma[i], 0.0, 1e-6);
        EXPECT_EQ(of.dbeta[i], i == 7 ? 600.0f : 0.0f);
      }
    }
}

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
