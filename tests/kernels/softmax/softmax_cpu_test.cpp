// Softmax on the CPU against PyTorch in double precision, its gradients against finite differences, and its edges.
#include <gtest/gtest.h>

#include <cmath>

#include "kernels/softmax/softmax.h"
#include "tests/support/compare.h"
#include "tests/support/fill.h"
#include "tests/support/fixture.h"
#include "tests/support/threads.h"

namespace heddle::testing {
namespace {

constexpr double u = 0x1p-24;

std::vector<f32> forward(SoftmaxForwardArgs<f32> a) {
  std::vector<f32> y(static_cast<std::size_t>(a.rows * a.columns), NAN);
  a.y = y.data();
  cpu::softmax_forward(a, {});
  return y;
}

std::vector<f32> backward(SoftmaxForwardArgs<f32> const& a, std::vector<f32> const& y, std::vector<f32> const& dy) {
  std::vector<f32> dx(y.size(), NAN);
  cpu::softmax_backward<f32>({.rows = a.rows,
                              .columns = a.columns,
                              .logarithm = a.logarithm,
                              .scale = a.scale,
                              .y = y.data(),
                              .dy = dy.data(),
                              .dx = dx.data()},
                             {});
  return dx;
}

TEST(SoftmaxCpu, IsPyTorch) {
  auto const file = fixture("softmax");
  for (std::string const name : {"odd", "one_column", "huge", "scaled", "attention", "infinities"}) {
    SCOPED_TRACE(name);
    std::vector<f32> const x = values(file, name + ".x"), dy = values(file, name + ".dy"),
                           bias = values(file, "attention.bias");
    std::vector<u8> const mask = file.at("attention.mask").to_vector<u8>();
    bool const attention = name == "attention";
    SoftmaxForwardArgs<f32> args = {.rows = file.at(name + ".x").size(0),
                                    .columns = file.at(name + ".x").size(1),
                                    .scale = values(file, name + ".scale")[0],
                                    .mask_rows = attention ? 2 : 1,
                                    .x = x.data(),
                                    .bias = attention ? bias.data() : nullptr,
                                    .mask = attention ? mask.data() : nullptr};
    for (std::string const kind : {"softmax", "log_softmax"}) {
      SCOPED_TRACE(kind);
      args.logarithm = kind == "log_softmax";
      std::vector<f32> const y = forward(args), expected = values(file, name + "." + kind + ".y");
      EXPECT_TRUE(within(y, expected, close_bound(2.01 * u, 0x1p-149)));  // two roundings: y's and the fixture's
      // y comes to the backward pass rounded: a share of u of it, for log-softmax of u |y| of exp(y).
      std::vector<f32> const expected_dx = values(file, name + "." + kind + ".dx");
      EXPECT_TRUE(within(backward(args, expected, dy), expected_dx, [&](std::size_t i, double dx) {
        std::size_t const columns = static_cast<std::size_t>(args.columns), begin = i / columns * columns;
        double sum = std::abs(dy[i]), share = 0;
        for (std::size_t j = begin; j < begin + columns; ++j) {
          sum += std::abs(dy[j]);
          if (std::isfinite(expected[j])) share = std::max<double>(share, args.logarithm ? std::abs(expected[j]) : 1);
        }
        double const p = args.logarithm ? std::exp(expected[i]) : expected[i];
        return 2.01 * u * std::abs(dx) + 3 * u * std::abs(args.scale) * p * share * sum;
      }));
    }
  }
}

TEST(SoftmaxCpu, BackwardIsTheDerivative) {
  constexpr f32 step = 0x1p-7f;
  std::vector<f32> x = uniform(3 * 6, 1), dy = uniform(3 * 6, 2);
  for (bool const logarithm : {false, true}) {
    SoftmaxForwardArgs<f32> const args = {
        .rows = 3, .columns = 6, .logarithm = logarithm, .scale = 1.5f, .x = x.data()};
    auto const loss_at = [&](std::size_t i, f32 value) {
      f32 const before = x[i];
      x[i] = value;
      std::vector<f32> const y = forward(args);
      x[i] = before;
      double sum = 0;
      for (std::size_t j = 0; j < y.size(); ++j) sum += static_cast<double>(dy[j]) * y[j];
      return sum;
    };
    std::vector<double> differences;
    for (std::size_t i = 0; i < x.size(); ++i) {
      f32 const at = x[i];
      differences.push_back((8 * (loss_at(i, at + step) - loss_at(i, at - step)) -
                             (loss_at(i, at + 2 * step) - loss_at(i, at - 2 * step))) /
                            (12.0 * step));
    }
    // Each of 6 y below 4 and x are rounded by u; the formula is off by step^4 / 30 of a fifth derivative, which is at
    // most 5! 1.5^5 times the loss on the unit circle (Cauchy), below 6 * 4.
    double const bound = 18 * 6 * 4 * u / (12 * step) + std::pow(step, 4) / 30 * 120 * std::pow(1.5, 5) * 24;
    EXPECT_TRUE(within(backward(args, forward(args), dy), differences, close_bound(0, bound))) << logarithm;
  }
}

TEST(SoftmaxCpu, AFullyMaskedRowGivesZerosAndMinusInfinity) {
  std::vector<f32> const x = {1, NAN, HUGE_VALF, 1, 2, 3};
  std::vector<u8> const mask = {0, 0, 0, 0, 7, 0};
  SoftmaxForwardArgs<f32> args = {.rows = 2, .columns = 3, .mask_rows = 2, .x = x.data(), .mask = mask.data()};
  EXPECT_TRUE(equal(forward(args), {0, 0, 0, 0, 1, 0}));
  EXPECT_TRUE(equal(backward(args, {0, 0, 0, 0, 1, 0}, {1, 2, 3, 4, 5, 6}), std::vector<f32>(6, 0)));
  args.logarithm = true;
  f32 const none = -HUGE_VALF;
  EXPECT_TRUE(equal(forward(args), {none, none, none, none, 0, none}));
  EXPECT_TRUE(equal(backward(args, {none, none, none, none, 0, none}, {1, 2, 3, 4, 5, 6}), {0, 0, 0, 0, -10, 0}));
}

TEST(SoftmaxCpu, SameBitsOnAnyThreads) {
  std::vector<f32> const x = uniform(50 * 200, 1);
  EXPECT_TRUE(same_bits_on_any_threads([&] { return forward({.rows = 50, .columns = 200, .x = x.data()}); }));
}

}  // namespace
}  // namespace heddle::testing
