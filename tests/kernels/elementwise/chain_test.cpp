// The kernels of the chain against the CPU: emulated in adverse executions, and on a GPU where there is one.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "tests/kernels/elementwise/chain_reference.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

class Chain : public ::testing::TestWithParam<ChainCase> {};

TEST_P(Chain, Emulated) {
  test_emulated(ChainForwardCase(GetParam()));
  test_emulated(ChainBackwardCase(GetParam()));
}

TEST_P(Chain, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_all_types(Device::cuda, ChainForwardCase(GetParam()));
  test_all_types(Device::cuda, ChainBackwardCase(GetParam()));
}

TEST_P(Chain, CpuInEachType) {
  test_all_types(Device::cpu, ChainForwardCase(GetParam()));
  test_all_types(Device::cpu, ChainBackwardCase(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Cases, Chain, ::testing::ValuesIn(chain_cases()),
                         [](auto const& test) { return test.param.name; });

TEST(ChainInPlace, WritesOverItsInputs) {
  std::vector<f32> const x = uniform(2000, 1), residual = uniform(2000, 2);
  auto const forward = [&](f32 const* in, f32 const* added, f32* y) {
    emulated::chain_forward<f32>(
        {.rows = 20, .columns = 100, .activation = Activation::silu, .x = in, .residual = added, .y = y}, {});
  };
  std::vector<f32> y(2000), over_x = x, over_residual = residual;
  forward(x.data(), residual.data(), y.data());
  forward(over_x.data(), residual.data(), over_x.data());
  forward(x.data(), over_residual.data(), over_residual.data());
  EXPECT_EQ(over_x, y);
  EXPECT_EQ(over_residual, y);
}

TEST(ChainErrors, NameTheValue) {
  for (auto* const chain_forward : {cpu::chain_forward<f32>, emulated::chain_forward<f32>}) {
    f32 some[4] = {};
    EXPECT_EQ(error_of([&] { chain_forward({.rows = -1, .columns = 4}, {}); }),
              "[chain_forward] sizes must not be negative: rows=-1, columns=4");
    EXPECT_EQ(error_of([&] { chain_forward({.rows = 1, .columns = 4, .y = some}, {}); }),
              "[chain_forward] x is null, but has 4 elements");
    ChainForwardArgs<f32> a = {.rows = 1, .columns = 4, .x = some, .y = some};
    a.dropout.rate = 1.5f;
    EXPECT_EQ(error_of([&] { chain_forward(a, {}); }), "[dropout] rate must be between 0 and 1: rate=1.5");
    a.dropout = {.rate = 0.5f, .extent = 0};
    EXPECT_EQ(error_of([&] { chain_forward(a, {}); }),
              "[dropout] extent and channels must be positive: extent=0, channels=1");
    a.dropout = {};
    a.activation = static_cast<Activation>(17);
    EXPECT_EQ(error_of([&] { chain_forward(a, {}); }), "[chain_forward] unknown activation: 17");
  }
  f32 some[8] = {};
  ChainBackwardArgs<f32> const a = {.rows = 2, .columns = 4, .dy = some, .dbias = some, .workspace = {some, 8}};
  EXPECT_EQ(error_of([&] { emulated::chain_backward(a, {}); }),
            "[chain_backward] workspace is too small or null: 8 bytes, needs 16");
  ChainBackwardArgs<f32> const without_x = {
      .rows = 2, .columns = 4, .activation = Activation::relu, .dy = some, .dx = some};
  EXPECT_EQ(error_of([&] { emulated::chain_backward(without_x, {}); }),
            "[chain_backward] x is null, but has 8 elements");
}

TEST(ChainCost, CountsOnlyWhatIsThere) {
  bf16 some;
  EXPECT_EQ(cost(ChainForwardArgs<bf16>{.rows = 8, .columns = 100}).bytes(), 2.0 * 800 * 2);
  EXPECT_EQ(cost(ChainForwardArgs<bf16>{.rows = 8, .columns = 100, .bias = &some, .residual = &some}).bytes(),
            3.0 * 800 * 2 + 200);
}

}  // namespace
}  // namespace heddle::testing
