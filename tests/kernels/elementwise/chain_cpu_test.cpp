#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "kernels/elementwise/chain.h"
#include "tests/support/cases_elementwise.h"
#include "tests/support/compare.h"
#include "tests/support/fill.h"
#include "tests/support/fixture.h"
#include "tests/support/threads.h"

namespace heddle::testing {
namespace {

struct Case {
  Activation activation;
  std::string name;
  double (*function)(double);
};

double identity(double x) { return x; }
double relu(double x) { return x > 0 ? x : 0; }
double gelu_erf(double x) { return x * std::erfc(-x / std::numbers::sqrt2) / 2; }
double gelu_tanh(double x) {
  return x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x))) / 2;
}
double silu(double x) { return x / (1 + std::exp(-x)); }

Case const cases[] = {{Activation::none, "none", identity},
                      {Activation::relu, "relu", relu},
                      {Activation::gelu_erf, "gelu_erf", gelu_erf},
                      {Activation::gelu_tanh, "gelu_tanh", gelu_tanh},
                      {Activation::silu, "silu", silu}};

void forward(Activation activation, i64 count, f32 const* x, f32* y) {
  cpu::chain_forward<f32>({.rows = 1, .columns = count, .activation = activation, .x = x, .y = y}, {});
}

void backward(Activation activation, i64 count, f32 const* x, f32 const* dy, f32* dx) {
  cpu::chain_backward<f32>({.rows = 1, .columns = count, .activation = activation, .x = x, .dy = dy, .dx = dx}, {});
}

std::vector<f32> forward(Activation activation, std::vector<f32> const& x) {
  std::vector<f32> y(x.size(), NAN);
  forward(activation, std::ssize(x), x.data(), y.data());
  return y;
}

std::vector<f32> backward(Activation activation, std::vector<f32> const& x, std::vector<f32> const& dy) {
  std::vector<f32> dx(x.size(), NAN);
  backward(activation, std::ssize(x), x.data(), dy.data(), dx.data());
  return dx;
}

// A handful of roundings of the result, and as many of the argument z of the gate: they move the gate by
// |z gate'(z)| <= 1/2 of their share, times x where z is small and by less where it is not.
constexpr double u = 0x1p-24;
Bound const forward_bound = close_bound(8 * u, 4 * u);
Bound backward_bound(std::vector<f32> const& dy) {
  return [&dy](std::size_t i, double reference) { return 8 * u * (std::abs(reference) + std::abs(dy[i])); };
}

TEST(Activation, AgreesWithPyTorch) {
  auto const file = fixture("elementwise");
  auto const x = values(file, "x"), dy = values(file, "dy");
  for (Case const& c : cases) {
    if (c.activation == Activation::none) continue;
    EXPECT_TRUE(within(forward(c.activation, x), values(file, c.name + ".y"), forward_bound)) << c.name;
    EXPECT_TRUE(within(backward(c.activation, x, dy), values(file, c.name + ".dx"), backward_bound(dy))) << c.name;
  }
}

TEST(Activation, GradientAgreesWithFiniteDifferences) {
  auto const x = uniform(2001, 1, -6, 6), dy = uniform(2001, 2);
  double const step = 1e-5;
  for (Case const& c : cases) {
    std::vector<double> expected(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_GT(std::abs(x[i]), step) << "a difference across the kink of relu";
      expected[i] = dy[i] * (c.function(x[i] + step) - c.function(x[i] - step)) / (2 * step);
    }
    auto const bound = [&](std::size_t i, double reference) { return backward_bound(dy)(i, reference) + 1e-9; };
    EXPECT_TRUE(within(backward(c.activation, x, dy), expected, bound)) << c.name;
  }
}

TEST(Activation, TakesEverySizeInPlace) {
  for (i64 const count : element_counts) {
    auto const x = uniform(count, 3, -4, 4), dy = uniform(count, 4);
    for (Case const& c : cases) {
      std::vector<double> expected(x.size());
      for (std::size_t i = 0; i < x.size(); ++i) expected[i] = c.function(x[i]);
      auto y = x, dx = dy;
      forward(c.activation, count, y.data(), y.data());
      EXPECT_TRUE(within(y, expected, forward_bound)) << c.name << ' ' << count;
      backward(c.activation, count, x.data(), dx.data(), dx.data());
      EXPECT_TRUE(equal(dx, backward(c.activation, x, dy))) << c.name << ' ' << count;
    }
  }
}

TEST(Activation, KeepsNan) {
  for (Case const& c : cases) {
    EXPECT_TRUE(std::isnan(forward(c.activation, {NAN})[0])) << c.name;
    EXPECT_TRUE(std::isnan(backward(c.activation, {1}, {NAN})[0])) << c.name;
  }
}

TEST(Activation, SaturatesFarFromZero) {
  std::vector<f32> const x = {-200, 200, 0}, dy = {1, 1, 1};
  for (Case const& c : cases) {
    if (c.activation == Activation::none) continue;
    EXPECT_TRUE(within(forward(c.activation, x), std::vector<double>{0, 200, 0}, close_bound(u, 0x1p-126))) << c.name;
    double const middle = c.activation == Activation::relu ? 0 : 0.5;
    EXPECT_TRUE(within(backward(c.activation, x, dy), std::vector<double>{0, 1, middle}, close_bound(u, 0x1p-126)))
        << c.name;
  }
}

TEST(Relu, GradientTakesTheOutputAsWell) {
  auto const x = uniform(1000, 5), dy = uniform(1000, 6);
  EXPECT_TRUE(equal(backward(Activation::relu, forward(Activation::relu, x), dy), backward(Activation::relu, x, dy)));
}

TEST(Activation, DoesNotDependOnThreads) {
  auto const x = uniform(30011, 7, -4, 4), dy = uniform(30011, 8);
  for (Case const& c : cases)
    EXPECT_TRUE(same_bits_on_any_threads([&] {
      auto result = forward(c.activation, x), dx = backward(c.activation, x, dy);
      result.insert(result.end(), dx.begin(), dx.end());
      return result;
    })) << c.name;
}

}  // namespace
}  // namespace heddle::testing
