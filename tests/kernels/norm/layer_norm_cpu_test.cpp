// Layer normalisation on the CPU against PyTorch in double precision, and its gradients against finite differences.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "kernels/norm/layer_norm.h"
#include "tests/support/compare.h"
#include "tests/support/fill.h"
#include "tests/support/fixture.h"
#include "tests/support/threads.h"

namespace heddle::testing {
namespace {

constexpr char const* fixture_cases[] = {"odd", "one_column", "large_mean", "large_epsilon", "transformer"};

/// The tensors of one case of the fixture.
struct Fixture {
  nn::TensorFile file = fixture("layer_norm");
  std::string name;

  std::vector<f32> operator[](std::string const& tensor) const { return values(file, name + "." + tensor); }
};

TEST(LayerNormCpu, ForwardIsPyTorch) {
  for (char const* const name : fixture_cases) {
    SCOPED_TRACE(name);
    Fixture const f{.name = name};
    std::vector<f32> const x = f["x"], gamma = f["gamma"], beta = f["beta"], expected_mean = f["mean"];
    i64 const rows = static_cast<i64>(expected_mean.size()), columns = static_cast<i64>(gamma.size());
    std::vector<f32> y(x.size()), mean(expected_mean.size()), rstd(mean.size());
    cpu::layer_norm_forward<f32>({.shape = {rows, columns},
                                  .epsilon = f["epsilon"][0],
                                  .x = x.data(),
                                  .gamma = gamma.data(),
                                  .beta = beta.data(),
                                  .y = y.data(),
                                  .mean = mean.data(),
                                  .rstd = rstd.data()},
                                 {});
    // The fixture is rounded to f32 as well: two roundings.
    EXPECT_TRUE(within(mean, expected_mean, close_bound(2 * unit_roundoff<f32>, 0)));
    EXPECT_TRUE(within(rstd, f["rstd"], close_bound(2 * unit_roundoff<f32>, 0)));
    EXPECT_TRUE(within(y, f["y"], close_bound(2 * unit_roundoff<f32>, 1e-12)));
  }
}

TEST(LayerNormCpu, BackwardIsPyTorch) {
  for (char const* const name : fixture_cases) {
    SCOPED_TRACE(name);
    Fixture const f{.name = name};
    std::vector<f32> const x = f["x"], dy = f["dy"], gamma = f["gamma"], mean = f["mean"], rstd = f["rstd"];
    i64 const rows = static_cast<i64>(mean.size()), columns = static_cast<i64>(gamma.size());
    std::vector<f32> dx(x.size()), dgamma(gamma.size()), dbeta(gamma.size());
    cpu::layer_norm_backward<f32>({.shape = {rows, columns},
                                   .x = x.data(),
                                   .dy = dy.data(),
                                   .gamma = gamma.data(),
                                   .mean = mean.data(),
                                   .rstd = rstd.data(),
                                   .dx = dx.data(),
                                   .dgamma = dgamma.data(),
                                   .dbeta = dbeta.data(),
                                   .workspace = {}},
                                  {});
    // mean and rstd come rounded to f32: xhat is off by u * (|mean| * rstd + |xhat|), with |xhat| <= sqrt(columns).
    for (std::size_t i = 0; i < mean.size(); ++i) {
      double const shift = unit_roundoff<f32> * (std::abs(mean[i]) * rstd[i] + std::sqrt(columns));
      auto const row = [&](std::vector<f32> const& t) {
        auto const begin = t.begin() + static_cast<std::ptrdiff_t>(i) * columns;
        return std::vector<f32>(begin, begin + columns);
      };
      // |g| <= 1; dx has two terms with xhat, of which each is off by at most that, times rstd.
      EXPECT_TRUE(within(row(dx), row(f["dx"]),
                         close_bound(3 * unit_roundoff<f32>, 2 * shift * rstd[i] * (1 + std::sqrt(columns)))));
    }
    double shift = 0;
    for (std::size_t i = 0; i < mean.size(); ++i)
      shift += unit_roundoff<f32> * (std::abs(mean[i]) * rstd[i] + std::sqrt(columns));
    EXPECT_TRUE(within(dgamma, f["dgamma"], close_bound(2 * unit_roundoff<f32>, shift)));
    EXPECT_TRUE(within(dbeta, f["dbeta"], close_bound(2 * unit_roundoff<f32>, 0)));
  }
}

/// sum of dy * y, as a function of x, gamma, beta: the loss whose gradients the backward pass gives.
struct Loss {
  RowNormShape shape;
  std::vector<f32> x, gamma, beta, dy, y, mean, rstd;

  explicit Loss(RowNormShape const& s)
      : shape(s),
        x(uniform(s.rows * s.columns, 1)),
        gamma(uniform(s.columns, 2, 0.5f, 1.5f)),
        beta(uniform(s.columns, 3)),
        dy(uniform(s.rows * s.columns, 4)),
        y(x.size()),
        mean(static_cast<std::size_t>(s.rows)),
        rstd(mean.size()) {}

  double operator()() {
    cpu::layer_norm_forward<f32>({.shape = shape,
                                  .x = x.data(),
                                  .gamma = gamma.data(),
                                  .beta = beta.data(),
                                  .y = y.data(),
                                  .mean = mean.data(),
                                  .rstd = rstd.data()},
                                 {});
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) sum += static_cast<double>(dy[i]) * y[i];
    return sum;
  }

  /// The derivative by `value`, from four points: the error of the formula falls as step^4.
  double derivative(f32& value) {
    f32 const at = value;
    auto const loss_at = [&](int steps) {
      value = at + static_cast<f32>(steps) * step;
      return (*this)();
    };
    double const result = (8 * (loss_at(1) - loss_at(-1)) - (loss_at(2) - loss_at(-2))) / (12.0 * step);
    value = at;
    return result;
  }
  static constexpr f32 step = 0x1p-7f;
};

TEST(LayerNormCpu, BackwardIsTheDerivative) {
  Loss loss({3, 6});
  loss();
  std::vector<f32> dx(loss.x.size()), dgamma(loss.gamma.size()), dbeta(dgamma.size());
  std::vector<f32> const mean = loss.mean, rstd = loss.rstd;
  cpu::layer_norm_backward<f32>({.shape = loss.shape,
                                 .x = loss.x.data(),
                                 .dy = loss.dy.data(),
                                 .gamma = loss.gamma.data(),
                                 .mean = mean.data(),
                                 .rstd = rstd.data(),
                                 .dx = dx.data(),
                                 .dgamma = dgamma.data(),
                                 .dbeta = dbeta.data(),
                                 .workspace = {}},
                                {});
  // Each y, and x + step, is rounded by u, with |y| < 4, |dy| < 1, 6 of them in a row: 18 * 6 * 4 * u / (12 * step).
  double const rounding = 18 * 6 * 4 * 0x1p-24 / (12 * Loss::step);
  // The formula is off by step^4 / 30 of a fifth derivative. As a function of one x, y is analytic within a deviation
  // of the row, 1 / rstd, and the loss below 6 * 4 there: the derivative is at most 5! * 24 * rstd^5 (Cauchy).
  double const largest_rstd = *std::max_element(rstd.begin(), rstd.end());
  double const truncation = std::pow(Loss::step, 4) / 30 * 120 * 24 * std::pow(largest_rstd, 5);
  Bound const bound = close_bound(0, rounding + truncation);
  auto const differences = [&](std::vector<f32>& values) {
    std::vector<double> result;
    for (f32& value : values) result.push_back(loss.derivative(value));
    return result;
  };
  EXPECT_TRUE(within(dx, differences(loss.x), bound));
  EXPECT_TRUE(within(dgamma, differences(loss.gamma), bound));
  EXPECT_TRUE(within(dbeta, differences(loss.beta), bound));
}

TEST(LayerNormCpu, SameBitsOnAnyThreads) {
  std::vector<f32> const x = uniform(50 * 200, 1), dy = uniform(50 * 200, 2), gamma = uniform(200, 3);
  EXPECT_TRUE(same_bits_on_any_threads([&] {
    std::vector<f32> result(50 * 200 + 2 * 200), mean(50, 0.1f), rstd(50, 2);
    cpu::layer_norm_backward<f32>({.shape = {50, 200},
                                   .x = x.data(),
                                   .dy = dy.data(),
                                   .gamma = gamma.data(),
                                   .mean = mean.data(),
                                   .rstd = rstd.data(),
                                   .dx = result.data(),
                                   .dgamma = result.data() + 10000,
                                   .dbeta = result.data() + 10200,
                                   .workspace = {}},
                                  {});
    return result;
  }));
}

}  // namespace
}  // namespace heddle::testing
