#include "ops/reduce.h"

#include <cmath>

#include "ops/losses.h"
#include "ops/tape.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"

namespace heddle {
namespace {

using testing::close_bound;
using testing::error_of;
using testing::within;

struct Expected {
  std::vector<double> y, dx;
};

/// y of x [2, 3, 2], and the gradient of x where that of the loss, mean(y^2), is 1.
template <class Op>
void expect(Op const& op, int axis, Shape const& shape, Expected const& expected) {
  std::vector<f32> const values = {1, -2, 0.5f, 3, 1, 0.25f, -1.5f, 4, 2, 0, 2, 0.75f};
  for (Device const device : {Device::cpu, Device::emulated})
    for (int const place : {axis, axis - 3}) {
      SCOPED_TRACE(std::string(name(device)) + " " + std::to_string(place));
      Tensor const x = Tensor::from(values, {2, 3, 2}, device).set_requires_gradient(true);
      Tape tape;
      Tensor const y = op(x, place);
      ASSERT_EQ(y.shape(), shape);
      EXPECT_TRUE(within(y.to_vector<f32>(), expected.y, close_bound(1e-6, 1e-7)));
      tape.backward(ops::mse_loss(y, Tensor::zeros(shape, DType::f32, device)));
      EXPECT_TRUE(within(x.gradient().to_vector<f32>(), expected.dx, close_bound(1e-6, 1e-7)));
    }
}

// Values from PyTorch 1.13 in double precision.
TEST(Reduce, OverEachAxis) {
  expect(ops::sum, 0, {3, 2},
         {{-0.5, 2, 2.5, 3, 3, 1},
          {-0.1666666667, 0.6666666667, 0.8333333333, 1, 1, 0.3333333333, -0.1666666667, 0.6666666667, 0.8333333333, 1,
           1, 0.3333333333}});
  expect(ops::sum, 1, {2, 2},
         {{2.5, 1.25, 2.5, 4.75}, {1.25, 0.625, 1.25, 0.625, 1.25, 0.625, 1.25, 2.375, 1.25, 2.375, 1.25, 2.375}});
  expect(ops::sum, 2, {2, 3},
         {{-1, 3.5, 1.25, 2.5, 2, 2.75},
          {-0.3333333333, -0.3333333333, 1.166666667, 1.166666667, 0.4166666667, 0.4166666667, 0.8333333333,
           0.8333333333, 0.6666666667, 0.6666666667, 0.9166666667, 0.9166666667}});
  expect(ops::mean, 0, {3, 2},
         {{-0.25, 1, 1.25, 1.5, 1.5, 0.5},
          {-0.04166666667, 0.1666666667, 0.2083333333, 0.25, 0.25, 0.08333333333, -0.04166666667, 0.1666666667,
           0.2083333333, 0.25, 0.25, 0.08333333333}});
  expect(ops::mean, 1, {2, 2},
         {{0.8333333333, 0.4166666667, 0.8333333333, 1.583333333},
          {0.1388888889, 0.06944444444, 0.1388888889, 0.06944444444, 0.1388888889, 0.06944444444, 0.1388888889,
           0.2638888889, 0.1388888889, 0.2638888889, 0.1388888889, 0.2638888889}});
  expect(ops::mean, 2, {2, 3},
         {{-0.5, 1.75, 0.625, 1.25, 1, 1.375},
          {-0.08333333333, -0.08333333333, 0.2916666667, 0.2916666667, 0.1041666667, 0.1041666667, 0.2083333333,
           0.2083333333, 0.1666666667, 0.1666666667, 0.2291666667, 0.2291666667}});
  expect(ops::l2_norm, 0, {3, 2},
         {{1.802775638, 4.472135955, 2.061552813, 3, 2.236067977, 0.790569415},
          {0.3333333333, -0.6666666667, 0.1666666667, 1, 0.3333333333, 0.08333333333, -0.5, 1.333333333, 0.6666666667,
           0, 0.6666666667, 0.25}});
  expect(ops::l2_norm, 1, {2, 2},
         {{1.5, 3.614208074, 3.201562119, 4.069705149}, {0.5, -1, 0.25, 1.5, 0.5, 0.125, -0.75, 2, 1, 0, 1, 0.375}});
  expect(ops::l2_norm, 2, {2, 3},
         {{2.236067977, 3.041381265, 1.030776406, 4.272001873, 2, 2.136000936},
          {0.3333333333, -0.6666666667, 0.1666666667, 1, 0.3333333333, 0.08333333333, -0.5, 1.333333333, 0.6666666667,
           0, 0.6666666667, 0.25}});
  expect(ops::max, 0, {3, 2},
         {{1, 4, 2, 3, 2, 0.75}, {0.3333333333, 0, 0, 1, 0, 0, 0, 1.333333333, 0.6666666667, 0, 0.6666666667, 0.25}});
  expect(ops::max, 1, {2, 2}, {{1, 3, 2, 4}, {0.5, 0, 0, 1.5, 0, 0, 0, 2, 1, 0, 0, 0}});
  expect(
      ops::max, 2, {2, 3},
      {{1, 3, 1, 4, 2, 2}, {0.3333333333, 0, 0, 1, 0.3333333333, 0, 0, 1.333333333, 0.6666666667, 0, 0.6666666667, 0}});
}

TEST(Reduce, ArgmaxIsTheFirstOfEqualOnes) {
  for (Device const device : {Device::cpu, Device::emulated}) {
    Tensor const x = Tensor::from(std::vector<f32>{1, 3, 3, -1, -1, -2}, {2, 3}, device).set_requires_gradient(true);
    Tape tape;
    EXPECT_EQ(ops::argmax(x, 1).to_vector<i64>(), (std::vector<i64>{1, 0}));
    EXPECT_EQ(ops::argmax(x, 0).to_vector<i64>(), (std::vector<i64>{0, 0, 0}));
    EXPECT_FALSE(ops::argmax(x, 0).requires_gradient());
    tape.backward(ops::mse_loss(ops::max(x, 1), Tensor::zeros({2}, DType::f32, device)));
    EXPECT_EQ(x.gradient().to_vector<f32>(), (std::vector<f32>{0, 3, 0, -1, 0, 0}));
  }
}

TEST(Reduce, TheNormOfZerosHasNoGradient) {
  Tensor const x = Tensor::zeros({2, 3}).set_requires_gradient(true);
  Tape tape;
  tape.backward(ops::sum(ops::l2_norm(x, 1), 0));
  EXPECT_EQ(x.gradient().to_vector<f32>(), std::vector<f32>(6));
}

TEST(Reduce, EmptyAxesAndUnknownOnes) {
  EXPECT_EQ(ops::sum(Tensor::zeros({2, 0}), 1).to_vector<f32>(), (std::vector<f32>{0, 0}));
  EXPECT_TRUE(std::isnan(ops::mean(Tensor::zeros({1, 0}), 1).to_vector<f32>()[0]));
  EXPECT_EQ(ops::max(Tensor::zeros({0, 3}), 1).shape(), (Shape{0}));
  EXPECT_EQ(error_of([] {
              ops::max(Tensor::zeros({2, 0}), 1);
            }),
            "[reduce_max] the axis must not be empty: outer=2, axis=0, inner=1");
  for (auto* const op : {ops::sum, ops::max, ops::argmax})
    for (int const axis : {2, -3}) EXPECT_NE(error_of([&] { op(Tensor::zeros({2, 2}), axis); }), "(no error)");
  EXPECT_EQ(error_of([] { ops::sum(Tensor::zeros({2}, DType::i32), 0); }), "[sum] takes f32, f16 or bf16: i32");
}

}  // namespace
}  // namespace heddle
