#include <cmath>

#include "ops/elementwise.h"
#include "ops/losses.h"
#include "ops/norm.h"
#include "ops/tape.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"

namespace heddle {
namespace {

using testing::close_bound;
using testing::error_of;
using testing::within;

std::vector<f32> const of_v = {3.6875f,   1.03125f, -3.421875f, -3.40625f,  4.03125f,   -0.53125f, -0.265625f, -2.875f,
                               5.234375f, -0.875f,  0.703125f,  -0.125f,    1.53125f,   1.84375f,  -1.109375f, 1.5625f,
                               1.484375f, 0.0625f,  -2.34375f,  -3.015625f, -0.296875f, 0.75f,     0.453125f,  -0.125f},
                       of_g = {1.5f, -0.5f, 0, 3};

// Values from PyTorch 1.13 in double precision: w = torch._weight_norm(v, g, 0), loss = ((w - target)**2).sum().
TEST(WeightNorm, ValuesAndGradientsArePyTorchs) {
  std::vector<f32> const target = {0.8125f,   -0.65625f,  0.265625f,  -1.5625f,   -1.640625f, -0.015625f,
                                   0.234375f, -0.40625f,  -0.515625f, 1.5625f,    1.234375f,  1.5f,
                                   0.46875f,  0.609375f,  -0.875f,    -0.75f,     0.28125f,   -1.5f,
                                   -0.3125f,  -0.609375f, -1.96875f,  -0.140625f, 1.875f,     0.15625f};
  std::vector<double> const w = {0.7492050908,
                                 0.2095234576,
                                 -0.6952369275,
                                 -0.6920623296,
                                 0.8190462433,
                                 -0.1079363266,
                                 0.02183114364,
                                 0.2362900252,
                                 -0.4302019481,
                                 0.0719143555,
                                 -0.05778832139,
                                 0.01027347936,
                                 0,
                                 0,
                                 -0,
                                 0,
                                 0,
                                 0,
                                 -1.788321056,
                                 -2.300973092,
                                 -0.2265206671,
                                 0.572262738,
                                 0.3457420709,
                                 -0.09537712299},
                            dv = {-0.3266614355,
                                  0.2676441206,
                                  -0.1111811829,
                                  0.6316895289,
                                  0.6704882543,
                                  0.005845428043,
                                  0.03583573526,
                                  -0.09589087874,
                                  -0.03175107929,
                                  0.2479764257,
                                  0.2100213088,
                                  0.2452977105,
                                  0,
                                  0,
                                  0,
                                  0,
                                  0,
                                  0,
                                  -0.4206217133,
                                  -0.2248658132,
                                  2.890695113,
                                  0.5018008718,
                                  -2.687795606,
                                  -0.286309865},
                            dg = {2.965542386, -0.2504373147, -1.152054416, 4.026761579};
  for (Device const device : {Device::cpu, Device::emulated}) {
    SCOPED_TRACE(name(device));
    Tensor const v = Tensor::from(of_v, {4, 2, 3}, device).set_requires_gradient(true);
    Tensor const g = Tensor::from(of_g, {4}, device).set_requires_gradient(true);
    Tape tape;
    Tensor const result = ops::weight_norm(v, g);
    ASSERT_EQ(result.shape(), v.shape());
    EXPECT_TRUE(within(result.to_vector<f32>(), w, close_bound(1e-6, 1e-7)));
    tape.backward(ops::mse_loss(result, Tensor::from(target, {4, 2, 3}, device)), 24);
    EXPECT_TRUE(within(v.gradient().to_vector<f32>(), dv, close_bound(1e-5, 2e-6)));
    EXPECT_TRUE(within(g.gradient().to_vector<f32>(), dg, close_bound(1e-5, 2e-6)));
  }
}

TEST(WeightNorm, InHalfPrecision) {
  Tensor const v = ops::cast(Tensor::from(of_v, {4, 6}), DType::bf16),
               g = ops::cast(Tensor::from(of_g, {4}), DType::bf16);
  auto const exact = ops::weight_norm(ops::cast(v, DType::f32), ops::cast(g, DType::f32)).to_vector<f32>();
  auto const result = ops::cast(ops::weight_norm(v, g), DType::f32).to_vector<f32>();
  // The norm and the result are rounded to 8 bits.
  EXPECT_TRUE(within(result, std::vector<double>(exact.begin(), exact.end()), close_bound(2.1 * 0x1p-8, 0)));
}

TEST(WeightNorm, AFilterOfZerosStaysOne) {
  Tensor const v = Tensor::zeros({2, 3}).set_requires_gradient(true);
  Tensor const g = Tensor::full({2}, 4).set_requires_gradient(true);
  Tape tape;
  Tensor const w = ops::weight_norm(v, g);
  EXPECT_EQ(w.to_vector<f32>(), std::vector<f32>(6));
  tape.backward(ops::mse_loss(w, Tensor::full({2, 3}, 1)));
  EXPECT_EQ(v.gradient().to_vector<f32>(), std::vector<f32>(6));
  EXPECT_EQ(g.gradient().to_vector<f32>(), std::vector<f32>(2));
}

TEST(WeightNorm, NamesWhatDoesNotFit) {
  EXPECT_EQ(ops::weight_norm(Tensor::zeros({0, 3}), Tensor::zeros({0})).shape(), (Shape{0, 3}));
  EXPECT_EQ(error_of([] { ops::weight_norm(Tensor::zeros({4}), Tensor::zeros({4})); }),
            "[weight_norm] needs filters [k, …]: [4]");
  EXPECT_EQ(error_of([] {
              ops::weight_norm(Tensor::zeros({4, 2}), Tensor::zeros({2}));
            }),
            "[weight_norm] g must be [4]: [2]");
  EXPECT_EQ(error_of([] {
              ops::weight_norm(Tensor::zeros({4, 2}), Tensor::zeros({4}, DType::bf16));
            }),
            "[weight_norm] g must be of the type of v, f32: bf16");
}

}  // namespace
}  // namespace heddle
