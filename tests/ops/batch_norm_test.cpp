// Batch normalisation with what follows it, on the CPU and through the CUDA launchers on the emulator, with gradients.
#include "ops/elementwise.h"
#include "ops/norm.h"
#include "ops/tape.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"

namespace heddle {
namespace {

constexpr i64 rows = 60, channels = 10;

struct Inputs {
  Tensor x, gamma, beta, residual;

  explicit Inputs(Device device)
      : x(Tensor::from(testing::uniform(rows * channels, 1), {rows, channels}, device)),
        gamma(Tensor::from(testing::uniform(channels, 2), {channels}, device)),
        beta(Tensor::from(testing::uniform(channels, 3), {channels}, device)),
        residual(Tensor::from(testing::uniform(rows * channels, 4), {rows, channels}, device)) {
    for (Tensor* const tensor : {&x, &gamma, &beta, &residual}) tensor->set_requires_gradient(true);
  }
};

/// y, then the gradients of sum y^2 / 2, for which dy is y.
std::vector<std::vector<f32>> values_of(Inputs& in, Tensor& y, Tape& tape) {
  std::vector<std::vector<f32>> result = {y.to_vector<f32>()};
  Tensor const kept = y.view(y.shape());
  Tensor loss = Tensor::full({1}, 0, y.device());
  record("half_square", {y}, loss, [kept](Tensor const&) { return std::vector{kept}; });
  tape.backward(loss);
  for (Tensor const& tensor : {in.x, in.gamma, in.beta, in.residual})
    result.push_back(tensor.gradient().defined() ? tensor.gradient().to_vector<f32>() : std::vector<f32>());
  return result;
}

std::vector<std::vector<f32>> fused(Device device, Activation activation, bool added) {
  Inputs in(device);
  Tape tape;
  Tensor y = ops::batch_norm_training(in.x, in.gamma, in.beta, {}, {}, 0.1f, 1e-5f, activation,
                                      added ? in.residual : Tensor());
  return values_of(in, y, tape);
}

std::vector<std::vector<f32>> in_steps(Activation activation, bool added) {
  Inputs in(Device::cpu);
  Tape tape;
  Tensor y = ops::batch_norm_training(in.x, in.gamma, in.beta, {}, {});
  if (added) y = ops::add(y, in.residual);
  y = ops::activate(y, activation);
  return values_of(in, y, tape);
}

TEST(BatchNormOp, FusedIsTheStepsOneAfterTheOther) {
  for (Activation const activation : {Activation::none, Activation::relu, Activation::gelu_erf, Activation::silu})
    for (bool const added : {false, true}) {
      SCOPED_TRACE(static_cast<int>(activation));
      auto const expected = in_steps(activation, added);
      for (Device const device : {Device::cpu, Device::emulated}) {
        auto const actual = fused(device, activation, added);
        // Sums over 60 rows of terms below 10.
        for (std::size_t i = 0; i < expected.size(); ++i)
          EXPECT_TRUE(testing::within(actual[i], expected[i], testing::close_bound(0, 4 * 60 * 10 * 0x1p-24)))
              << "result " << i << (added ? ", residual" : "");
      }
    }
}

TEST(BatchNormOp, RefusesAResidualOfAnotherShape) {
  Inputs const in(Device::cpu);
  EXPECT_EQ(testing::error_of([&] {
              ops::batch_norm_training(in.x, in.gamma, in.beta, {}, {}, 0.1f, 1e-5f, Activation::relu, in.beta);
            }),
            "[batch_norm] residual must be [60, 10]: [10]");
}

}  // namespace
}  // namespace heddle
