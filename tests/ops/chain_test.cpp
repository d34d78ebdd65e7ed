// The chain of elementwise steps, dropout and casts as operations: their gradients, on the CPU and on the emulator.
#include <cmath>

#include "ops/elementwise.h"
#include "ops/linear.h"
#include "ops/reshape.h"
#include "ops/tape.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"

namespace heddle {
namespace {

using testing::equal;
using testing::error_of;
using testing::uniform;
using testing::within;

constexpr i64 rows = 9, columns = 20;

/// sum of weights * x as a recorded operation, its gradient being `weights`.
Tensor weighted_sum(Tensor const& x, Tensor const& weights) {
  Shape const line = {1, x.count()};
  return ops::reshape(ops::linear(ops::reshape(x, line), ops::reshape(weights, line)), {});
}

struct Inputs {
  Tensor x = Tensor::from(uniform(rows * columns, 1, -2, 2), {rows, columns}).set_requires_gradient(true);
  Tensor bias = Tensor::from(uniform(columns, 2), {columns}).set_requires_gradient(true);
  Tensor residual = Tensor::from(uniform(rows * columns, 3), {rows, columns}).set_requires_gradient(true);
  Tensor dy = Tensor::from(uniform(rows * columns, 4), {rows, columns});
};

/// The gradients of x, bias and residual, by the chain in one pass.
std::vector<std::vector<f32>> gradients_of_chain(Inputs const& in, Activation activation, Dropout const& dropout) {
  Tape tape;
  tape.backward(weighted_sum(
      ops::chain(in.x, {.bias = in.bias, .activation = activation, .dropout = dropout, .residual = in.residual}),
      in.dy));
  return {in.x.gradient().to_vector<f32>(), in.bias.gradient().to_vector<f32>(),
          in.residual.gradient().to_vector<f32>()};
}

TEST(ChainOp, IsItsStepsOneAfterTheOther) {
  Dropout const dropout = {.rate = 0.4f, .seed = 8, .stream = 9};
  for (Activation const activation : {Activation::none, Activation::relu, Activation::gelu_erf, Activation::silu}) {
    Inputs const fused, steps;
    auto const actual = gradients_of_chain(fused, activation, dropout);
    Tape tape;
    Tensor const y = ops::activate(ops::add_bias(steps.x, steps.bias), activation);
    tape.backward(weighted_sum(ops::add(ops::chain(y, {.dropout = dropout}), steps.residual), steps.dy));
    EXPECT_TRUE(equal(actual[0], steps.x.gradient().to_vector<f32>()));
    EXPECT_TRUE(equal(actual[1], steps.bias.gradient().to_vector<f32>()));
    EXPECT_TRUE(equal(actual[2], steps.residual.gradient().to_vector<f32>()));
  }
}

TEST(ChainOp, GradientsAreDifferences) {
  Dropout const dropout = {.rate = 0.4f, .seed = 8, .stream = 9};
  Inputs const in;
  auto const actual = gradients_of_chain(in, Activation::gelu_tanh, dropout);
  auto const differences = [&](Tensor const& tensor) {
    constexpr f32 step = 0x1p-7f;
    std::vector<double> result;
    for (i64 i = 0; i < tensor.count(); ++i) {
      auto const loss_at = [&](f32 steps) {
        f32& value = tensor.data<f32>()[i];
        f32 const at = value;
        value += steps * step;
        auto const y =
            ops::chain(
                in.x,
                {.bias = in.bias, .activation = Activation::gelu_tanh, .dropout = dropout, .residual = in.residual})
                .to_vector<f32>();
        value = at;
        double sum = 0;
        for (std::size_t k = 0; k < y.size(); ++k) sum += static_cast<double>(in.dy.data<f32>()[k]) * y[k];
        return sum;
      };
      result.push_back((8 * (loss_at(1) - loss_at(-1)) - (loss_at(2) - loss_at(-2))) / (12.0 * step));
    }
    return result;
  };
  // Of a column, 9 values below 8 are each rounded a few times: 18 * 9 * 8 * 4 u / (12 step). The formula is off by
  // step^4 / 30 of a fifth derivative, which is below 20 for each of 9 values, over 0.6.
  testing::Bound const bound =
      testing::close_bound(0, 18 * 9 * 8 * 4 * 0x1p-24 / (12 * 0x1p-7) + 9 * 20 / 0.6 * 0x1p-28 / 30);
  EXPECT_TRUE(within(actual[0], differences(in.x), bound));
  EXPECT_TRUE(within(actual[1], differences(in.bias), bound));
  EXPECT_TRUE(within(actual[2], differences(in.residual), bound));
}

TEST(ChainOp, DropsTheSameOnTheEmulator) {
  auto const on = [](Device device) {
    Tensor const x = Tensor::full({4, 5, 6}, 1, device).set_requires_gradient(true);
    Generator generator = {.seed = 3};
    Tape tape;
    std::vector<f32> result;
    for (auto const unit : {ops::DropoutUnit::element, ops::DropoutUnit::channel, ops::DropoutUnit::sample}) {
      auto const y = ops::dropout(x, 0.5f, unit, generator).to_vector<f32>();
      result.insert(result.end(), y.begin(), y.end());
    }
    EXPECT_EQ(generator.next_stream, 3u);
    return result;
  };
  EXPECT_TRUE(equal(on(Device::emulated), on(Device::cpu)));
}

TEST(ChainOp, DropsChannelsAndSamplesAsOne) {
  Generator generator = {.seed = 5};
  Dropout const channels = ops::dropout_of({4, 5, 6}, 0.5f, ops::DropoutUnit::channel, generator);
  EXPECT_EQ(channels.extent, 30);
  EXPECT_EQ(channels.channels, 6);
  Dropout const samples = ops::dropout_of({4, 5, 6}, 0.5f, ops::DropoutUnit::sample, generator);
  EXPECT_EQ(samples.extent, 30);
  EXPECT_EQ(samples.channels, 1);
  EXPECT_EQ(samples.stream, 1u);
}

TEST(ChainOp, KeepsNoMoreThanItNeeds) {
  Inputs const in;
  long const before = in.x.share_count(), residual_before = in.residual.share_count();
  Tape tape;
  Tensor const y = ops::chain(in.x, {.bias = in.bias, .activation = Activation::relu});
  Tensor const z = ops::chain(in.x, {.bias = in.bias, .residual = in.residual});
  EXPECT_EQ(in.x.share_count(), before) << "relu goes back from its output, a bias from nothing";
  EXPECT_EQ(in.residual.share_count(), residual_before);
}

TEST(ChainOp, RefusesWhatDoesNotFit) {
  Tensor const x = Tensor::zeros({2, 4});
  EXPECT_EQ(error_of([&] { ops::add_bias(x, Tensor::zeros({3})); }), "[chain] bias must be [4]: [3]");
  EXPECT_EQ(error_of([&] {
              ops::chain(x, {.residual = Tensor::zeros({4, 2})});
            }),
            "[chain] residual must be [2, 4]: [4, 2]");
  EXPECT_EQ(error_of([&] { ops::activate(Tensor::zeros({2}, DType::i32), Activation::relu); }),
            "[chain] takes f32, f16 or bf16: i32");
  Generator generator;
  EXPECT_EQ(error_of([&] { ops::dropout(x, -0.5f, ops::DropoutUnit::element, generator); }),
            "[dropout] rate must be between 0 and 1: rate=-0.5");
}

TEST(CastOp, RoundsAndGoesBack) {
  Tensor const x = Tensor::from(std::vector<f32>{1, 1.00390625f, -300}, {3}).set_requires_gradient(true);
  Tape tape;
  Tensor const y = ops::cast(x, DType::bf16);
  EXPECT_EQ(y.dtype(), DType::bf16);
  Tensor const back = ops::cast(y, DType::f32);
  EXPECT_TRUE(equal(back.to_vector<f32>(), {1, 1, -300}));
  tape.backward(weighted_sum(back, Tensor::from(std::vector<f32>{2, 3, 1.00390625f}, {3})));
  EXPECT_TRUE(equal(x.gradient().to_vector<f32>(), {2, 3, 1}));
  EXPECT_EQ(ops::cast(x, DType::i8).to_vector<i8>(), (std::vector<i8>{1, 1, -128}));
  EXPECT_EQ(error_of([&] { ops::cast(x, DType::i64); }), "[cast] takes f32, f16 or bf16: i64");
}

TEST(ElementwiseOps, TakeHalfPrecision) {
  Tensor const x = ops::cast(Tensor::from(std::vector<f32>{1, -2, 3}, {3}), DType::bf16);
  auto const values = [](Tensor const& tensor) { return ops::cast(tensor, DType::f32).to_vector<f32>(); };
  EXPECT_TRUE(equal(values(ops::add(x, x)), {2, -4, 6}));
  EXPECT_TRUE(equal(values(ops::scale(x, -0.5f)), {-0.5f, 1, -1.5f}));
  EXPECT_TRUE(equal(values(ops::activate(x, Activation::relu)), {1, 0, 3}));
}

}  // namespace
}  // namespace heddle
