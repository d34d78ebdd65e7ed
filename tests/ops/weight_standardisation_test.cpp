#include <cmath>

#include "ops/linear.h"
#include "ops/norm.h"
#include "ops/reshape.h"
#include "ops/tape.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"

namespace heddle {
namespace {

/// sum of dy * standardised w, by the formula, in double precision.
double loss_of(std::vector<f32> const& w, std::vector<f32> const& dy, std::size_t filters, double epsilon) {
  std::size_t const weights = w.size() / filters;
  double loss = 0;
  for (std::size_t k = 0; k < filters; ++k) {
    double mean = 0, variance = 0;
    for (std::size_t i = 0; i < weights; ++i) mean += w[k * weights + i] / static_cast<double>(weights);
    for (std::size_t i = 0; i < weights; ++i) variance += std::pow(w[k * weights + i] - mean, 2);
    variance /= static_cast<double>(weights);
    for (std::size_t i = 0; i < weights; ++i)
      loss += dy[k * weights + i] * (w[k * weights + i] - mean) / std::sqrt(variance + epsilon);
  }
  return loss;
}

TEST(WeightStandardisation, ValuesAndGradientAreThoseOfTheFormula) {
  constexpr f32 epsilon = 1e-3f;
  std::vector<f32> w = testing::uniform(48, 1);
  std::vector<f32> const dy = testing::uniform(48, 2);
  Tensor const weights = Tensor::from(w, {3, 2, 2, 4}).set_requires_gradient(true);
  Tape tape;
  Tensor const y = ops::weight_standardisation(weights, epsilon);
  ASSERT_EQ(y.shape(), weights.shape());
  Tensor const loss = ops::reshape(ops::linear(ops::reshape(y, {1, 48}), Tensor::from(dy, {1, 48})), {});
  // 48 products of magnitude 2.
  EXPECT_NEAR(loss.item<f32>(), loss_of(w, dy, 3, epsilon), 48 * 50 * 0x1p-24 * 2);
  tape.backward(loss);

  std::vector<double> expected;
  constexpr f32 step = 0x1p-10f;
  for (f32& value : w) {
    f32 const at = value;
    value = at + step;
    double const above = loss_of(w, dy, 3, epsilon);
    value = at - step;
    expected.push_back((above - loss_of(w, dy, 3, epsilon)) / (2.0 * step));
    value = at;
  }
  // Truncation: step^2 / 6 of a third derivative, below 6 * 16 / deviation^3 with a deviation of about 0.6.
  EXPECT_TRUE(testing::within(weights.gradient().to_vector<f32>(), expected,
                              testing::close_bound(1e-5, step * step * 16 / 0.2)));
}

TEST(WeightStandardisation, RefusesAVector) {
  EXPECT_EQ(testing::error_of([] { ops::weight_standardisation(Tensor::zeros({4})); }),
            "[weight_standardisation] needs filters [k, …]: [4]");
}

}  // namespace
}  // namespace heddle
