#include "ops/losses.h"

#include <cmath>

#include "ops/tape.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"

namespace heddle {
namespace {

using testing::close_bound;
using testing::error_of;
using testing::within;

/// The loss, and behind it the gradient of `factor` times the loss.
template <class Loss>
std::vector<f32> loss_and_gradient(Loss const& loss_of, std::vector<f32> const& x, std::vector<f32> const& target,
                                   f32 factor, Device device = Device::cpu) {
  Shape const shape = {2, std::ssize(x) / 2};
  Tensor variable = Tensor::from(x, shape, device).set_requires_gradient(true);
  Tape tape;
  Tensor const loss = loss_of(variable, Tensor::from(target, shape, device));
  tape.backward(loss, factor);
  std::vector<f32> result = variable.gradient().to_vector<f32>();
  result.insert(result.begin(), loss.item<f32>());
  return result;
}

TEST(Losses, AreMeansWithTheirGradients) {
  std::vector<f32> const x = {1, -2, 0.5f, 3}, target = {0, -2, 1, 0};
  auto const expect = [&](auto const& loss_of, std::vector<double> const& expected) {
    for (Device const device : {Device::cpu, Device::emulated})
      for (f32 const factor : {1.0f, 2.0f}) {
        std::vector<double> scaled = expected;
        for (std::size_t i = 1; i < scaled.size(); ++i) scaled[i] *= factor;
        EXPECT_TRUE(within(loss_and_gradient(loss_of, x, target, factor, device), scaled, close_bound(1e-6, 0)));
      }
  };
  expect(ops::mse_loss, {10.25 / 4, 0.5, 0, -0.25, 1.5});
  expect(ops::l1_loss, {4.5 / 4, 0.25, 0, -0.25, 0.25});
  expect([](Tensor const& a, Tensor const& b) { return ops::huber_loss(a, b, 2); },
         {(0.5 + 0.125 + 4) / 4, 0.25, 0, -0.125, 0.5});
}

TEST(Losses, OfLogits) {
  std::vector<f32> const x = {1, -2}, target = {1, 0};
  auto const sigmoid = [](double value) { return 1 / (1 + std::exp(-value)); };
  double const wrong[] = {sigmoid(-1), sigmoid(-2)};
  std::vector<double> const entropy = {-(std::log(1 - wrong[0]) + std::log(1 - wrong[1])) / 2, -wrong[0] / 2,
                                       wrong[1] / 2};
  double focal = 0;
  for (int i = 0; i < 2; ++i) focal -= (i == 0 ? 0.75 : 0.25) * wrong[i] * std::log(1 - wrong[i]) / 2;
  for (Device const device : {Device::cpu, Device::emulated}) {
    EXPECT_TRUE(
        within(loss_and_gradient(ops::binary_cross_entropy, x, target, 1, device), entropy, close_bound(1e-6, 0)));
    Tensor const loss =
        ops::focal_loss(Tensor::from(x, {2}, device), Tensor::from(target, {2}, device), {.gamma = 1, .alpha = 0.75f});
    EXPECT_NEAR(loss.item<f32>(), focal, 1e-6);
  }
}

TEST(Losses, OfNothingAreZero) {
  EXPECT_EQ(ops::mse_loss(Tensor::zeros({0, 3}), Tensor::zeros({0, 3})).item<f32>(), 0);
}

TEST(Losses, KlDivergenceIsAMeanOverRows) {
  std::vector<f32> const student = {2, 0, 1, 1}, teacher = {0, 0, 1, 1};
  double const q = 1 / (1 + std::exp(-1.0)), divergence = 0.5 * std::log(0.5 / q) + 0.5 * std::log(0.5 / (1 - q));
  std::vector<double> const expected = {4 * divergence / 2, q - 0.5, 0.5 - q, 0, 0};
  auto const loss_of = [](Tensor const& a, Tensor const& b) { return ops::kl_divergence(a, b, 2); };
  for (Device const device : {Device::cpu, Device::emulated})
    for (f32 const factor : {1.0f, 3.0f}) {
      std::vector<double> scaled = expected;
      for (std::size_t i = 1; i < scaled.size(); ++i) scaled[i] *= factor;
      EXPECT_TRUE(
          within(loss_and_gradient(loss_of, student, teacher, factor, device), scaled, close_bound(1e-6, 1e-7)));
    }
}

// Values from PyTorch 1.13 in double precision.
TEST(Losses, DiceIsAMeanOverSamples) {
  std::vector<f32> const x = {1, -2, 0.5f, 3, -1, 0}, target = {1, 0, 1, 0, 0.5f, 0};
  std::vector<double> const of_logits = {0.4550970234,   -0.02951454128, 0.01066744681, -0.0352777507,
                                         0.002345069605, -0.02591586855, 0.01297721887},
                            of_predictions = {0.2083333333, -0.0625,      1.4375,        0.1875,
                                              -1.027777778, 0.3055555556, -0.02777777778};
  for (Device const device : {Device::cpu, Device::emulated})
    for (f32 const factor : {1.0f, -2.0f})
      for (bool const logits : {true, false}) {
        auto const loss_of = [=](Tensor const& a, Tensor const& b) {
          return ops::dice_loss(a, b, {.smoothing = 0.5f, .logits = logits});
        };
        std::vector<double> expected = logits ? of_logits : of_predictions;
        for (std::size_t i = 1; i < expected.size(); ++i) expected[i] *= factor;
        EXPECT_TRUE(within(loss_and_gradient(loss_of, logits ? x : target, logits ? target : x, factor, device),
                           expected, close_bound(1e-6, 1e-7)));
      }
  EXPECT_EQ(ops::dice_loss(Tensor::zeros({0, 3}), Tensor::zeros({0, 3})).item<f32>(), 0);
  EXPECT_EQ(error_of([] {
              ops::dice_loss(Tensor::zeros({2, 3}), Tensor::zeros({2, 4}));
            }),
            "[dice_loss] target must be [2, 3]: [2, 4]");
}

TEST(Losses, NameWhatDoesNotFit) {
  EXPECT_EQ(error_of([] { ops::mse_loss(Tensor::zeros({2}), Tensor::zeros({3})); }),
            "[mse_loss] target must be [2]: [3]");
  EXPECT_EQ(error_of([] { ops::l1_loss(Tensor::zeros({2}), Tensor::zeros({2}).to(Device::emulated)); }),
            "[l1_loss] tensors on cpu and emulated: move them to one device");
}

}  // namespace
}  // namespace heddle
