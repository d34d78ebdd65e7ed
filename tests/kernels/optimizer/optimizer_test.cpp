// The kernels of the optimizers against the CPU: emulated in adverse executions, and on a GPU where there is one.
#include <limits>

#include "kernels/machine/device.h"
#include "kernels/optimizer/tensor_table.h"
#include "tests/kernels/optimizer/optimizer_cases.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

class OptimizerKernels : public ::testing::TestWithParam<OptimizerCase> {};

void test_all_types(Device device, OptimizerCase const& c) {
  test_optimizers<f32>(device, c);
  test_optimizers<f16>(device, c);
  test_optimizers<bf16>(device, c);
}

TEST_P(OptimizerKernels, Emulated) {
  for (emulated::ExecutionOptions const& options : emulated::adversarial_executions()) {
    SCOPED_TRACE(describe(options));
    emulated::ScopedExecution const execution(options);
    test_all_types(Device::emulated, GetParam());
  }
}

TEST_P(OptimizerKernels, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_all_types(Device::cuda, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Cases, OptimizerKernels, ::testing::ValuesIn(optimizer_cases()),
                         [](auto const& test) { return test.param.name; });

OptimizerCase resnet18() { return {.name = "resnet18", .counts = bench::resnet18_counts(), .copy = true}; }

TEST(OptimizerResNet18, Emulated) {
  test_update<bench::AdamWSample, AdamWBounds, bf16>(Device::emulated, resnet18());
  test_norm<bf16>(Device::emulated, resnet18(), list_values);
}

TEST(OptimizerResNet18, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  test_all_types(Device::cuda, resnet18());
}

TEST(OptimizerResNet18, IsOneLaunch) {
  std::vector<AdamWTensor<f32>> list;
  i64 elements = 0, launches = 0;
  for (i64 const count : bench::resnet18_counts()) {
    list.push_back({.count = count});
    elements += count;
  }
  EXPECT_EQ(elements, 11689512);
  for_each_table(std::span<AdamWTensor<f32> const>(list), 4096, [&](auto const& table, i64 chunks) {
    ++launches;
    EXPECT_EQ(table.tensors, 62);
    for (int i = 0; i < table.tensors; ++i) EXPECT_EQ(table.tensor_of(table.first_chunk[i]), i);
    EXPECT_EQ(table.tensor_of(static_cast<i32>(chunks) - 1), 61);
  });
  EXPECT_EQ(launches, 1);
}

TEST(OptimizerKernels, WithoutMomentumThereIsNoVelocity) {
  auto const values = [](std::string_view name, i64 count, u64 seed) {
    return name == "velocity" ? std::vector<f32>() : list_values(name, count, seed);
  };
  bench::TensorList<SgdArgs<f32>> const expected(cpu::memory, {.list = {}}, optimizer_state, {300, 7}, values);
  bench::TensorList<SgdArgs<f32>> const actual(emulated::memory, {.list = {}}, optimizer_state, {300, 7}, values);
  cpu::sgd(expected.args, {});
  emulated::sgd(actual.args, {});
  for (std::size_t i = 0; i < 2; ++i)
    EXPECT_TRUE(within(actual.operands()[i].values("parameter"), expected.operands()[i].values("parameter"),
                       close_bound(8 * unit, 8 * unit)));
}

// The difference 1 - beta2^step loses digits in f32; in the first step vhat is g^2 and the parameter moves by about the
// learning rate.
TEST(OptimizerKernels, AdamWCorrectsTheFirstStep) {
  auto const values = [](std::string_view name, i64 count, u64) {
    return std::vector<f32>(name == "copy" ? 0 : static_cast<std::size_t>(count), name == "gradient" ? 0.5f : 0.0f);
  };
  AdamWArgs<f32> const numbers = {.list = {}, .beta2 = 0.99999f, .epsilon = 0};
  bench::TensorList<AdamWArgs<f32>> const list(emulated::memory, numbers, {.step = 1, .learning_rate = 1}, {9}, values);
  emulated::adamw(list.args, {});
  EXPECT_TRUE(within(list.operands()[0].values("parameter"), std::vector<f32>(9, -1.0f), close_bound(20 * unit, 0)));
}

template <class Sample>
void expect_no_update(Device device) {
  StepState state = optimizer_state;
  state.finite = 0;
  bench::TensorList<typename Sample::template Args<f32>> const list(
      memory_of(device), Sample::template arguments<f32>(), state, {5000, 3}, list_values);
  run_on(device, Sample::template operation<f32>, list.args);
  for (bench::Operands const& operands : list.operands())
    operands.for_each([&](std::string const& name, bool) {
      EXPECT_TRUE(equal(operands.values(name), operands.first_values(name))) << name;
    });
  EXPECT_EQ(list.state().step, state.step);
}

TEST(OptimizerKernels, ChangeNothingWhereGradientsAreNotFinite) {
  for (Device const device : {Device::cpu, Device::emulated}) {
    expect_no_update<bench::SgdSample>(device);
    expect_no_update<bench::AdamWSample>(device);
  }
}

TEST(GradientNorm, FindsWhatIsNotFinite) {
  OptimizerCase const c = {.name = "", .counts = {20000, 5, 300}};
  for (f32 const bad : {std::numeric_limits<f32>::infinity(), -std::numeric_limits<f32>::infinity(), NAN})
    for (i64 const tensor_size : c.counts) {
      auto const values = [&](std::string_view name, i64 count, u64 seed) {
        std::vector<f32> result = list_values(name, count, seed);
        if (count == tensor_size) result.back() = bad;
        return result;
      };
      bench::TensorList<GradientNormArgs<f32>> const list(emulated::memory, bench::GradientNormSample::arguments<f32>(),
                                                          optimizer_state, c.counts, values);
      emulated::gradient_norm(list.args, {});
      EXPECT_EQ(list.state().finite, 0);
      EXPECT_EQ(list.state().step, optimizer_state.step);
      EXPECT_EQ(list.state().gradient_scale, 0);
      test_norm<f32>(Device::emulated, c, values);
    }
}

TEST(GradientNorm, IsFiniteForTheLargestAndTheSmallest) {
  for (f32 const value : {std::numeric_limits<f32>::max(), 1e-30f}) {
    auto const values = [&](std::string_view, i64 count, u64) {
      return std::vector<f32>(static_cast<std::size_t>(count), value);
    };
    bench::TensorList<GradientNormArgs<f32>> const list(emulated::memory, {.list = {}, .workspace = {}}, {}, {10000},
                                                        values);
    emulated::gradient_norm(list.args, {});
    EXPECT_NEAR(list.state().gradient_norm, 100.0 * value, 1e-12 * value * 100);
    EXPECT_EQ(list.state().gradient_scale, 1);
    EXPECT_EQ(list.state().step, 1);
  }
}

TEST(GradientNorm, GivesTheSameBitsInEveryExecution) {
  std::vector<double> norms;
  for (emulated::ExecutionOptions const& options : emulated::adversarial_executions()) {
    emulated::ScopedExecution const execution(options);
    bench::TensorList<GradientNormArgs<f32>> const list(emulated::memory, bench::GradientNormSample::arguments<f32>(),
                                                        optimizer_state, {40000, 17, 16384}, list_values);
    emulated::gradient_norm(list.args, {});
    norms.push_back(list.state().gradient_norm);
  }
  for (double const norm : norms) EXPECT_EQ(norm, norms.front());
}

TEST(OptimizerErrors, NameTheValue) {
  std::vector<AdamWTensor<f32>> adamw_list = {{.count = 3}, {.count = -2}};
  AdamWArgs<f32> adamw_args = {.list = adamw_list};
  EXPECT_EQ(error_of([&] { emulated::adamw(adamw_args, {}); }),
            "[adamw] sizes must not be negative: tensor=1, count=-2");
  adamw_list[1].count = 0;
  EXPECT_EQ(error_of([&] { emulated::adamw(adamw_args, {}); }), "[adamw] gradient is null, but has 3 elements");
  adamw_args.list = {};
  EXPECT_EQ(error_of([&] { emulated::adamw(adamw_args, {}); }), "[adamw] state is null, but has 1 elements");

  f32 values[3] = {};
  StepState state;
  std::vector<SgdTensor<f32>> const sgd_list = {{.count = 3, .gradient = values, .parameter = values}};
  SgdArgs<f32> const sgd_args = {.list = sgd_list, .momentum = 0.5f, .state = &state};
  EXPECT_EQ(error_of([&] { emulated::sgd(sgd_args, {}); }), "[sgd] momentum needs a velocity: momentum=0.5");

  std::vector<GradientTensor<f32>> const gradients = {{.count = 3, .gradient = values}};
  GradientNormArgs<f32> norm_args = {.list = gradients, .state = &state, .workspace = {values, 4}};
  EXPECT_EQ(error_of([&] { emulated::gradient_norm(norm_args, {}); }),
            "[gradient_norm] workspace is too small or null: 4 bytes, needs 8");
  norm_args.rules.max_norm = -1;
  EXPECT_EQ(error_of([&] { emulated::gradient_norm(norm_args, {}); }),
            "[gradient_norm] max_norm must not be negative or NaN: max_norm=-1");
}

TEST(OptimizerCost, CountsEachTensorOnce) {
  std::vector<AdamWTensor<f32>> const adamw_list = {{.count = 1000}, {.count = 24}};
  EXPECT_EQ(cost(AdamWArgs<f32>{.list = adamw_list}).bytes(), 1024 * 28 + sizeof(StepState));
  bf16 copy;
  std::vector<AdamWTensor<bf16>> const with_copy = {{.count = 1024, .copy = &copy}};
  EXPECT_EQ(cost(AdamWArgs<bf16>{.list = with_copy}).bytes(), 1024 * 28 + sizeof(StepState));
  f32 velocity;
  std::vector<SgdTensor<f32>> const sgd_list = {{.count = 100, .velocity = &velocity}, {.count = 24}};
  EXPECT_EQ(cost(SgdArgs<f32>{.list = sgd_list}).bytes(), 100 * 20 + 24 * 12 + sizeof(StepState));
}

}  // namespace
}  // namespace heddle::testing
