#include "ops/softmax.h"

#include <cmath>

#include "ops/linear.h"
#include "ops/reshape.h"
#include "ops/tape.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"

namespace heddle {
namespace {

using testing::close_bound;
using testing::error_of;
using testing::within;

constexpr i64 rows = 6, columns = 20;

std::vector<f32> softmax_on(Device device, bool logarithm) {
  Tensor const x = Tensor::from(testing::uniform(rows * columns, 1), {2, 3, columns}, device);
  std::vector<u8> left_out(3 * columns, 1);
  left_out[2] = left_out[columns + 5] = 0;
  ops::SoftmaxOptions const options = {.scale = 0.5f, .mask = Tensor::from(left_out, {3, columns}, device)};
  return (logarithm ? ops::log_softmax(x, options) : ops::softmax(x, options)).to_vector<f32>();
}

TEST(SoftmaxOp, AgreesOnCpuAndEmulator) {
  for (bool const logarithm : {false, true})
    EXPECT_TRUE(within(softmax_on(Device::emulated, logarithm), softmax_on(Device::cpu, logarithm),
                       close_bound(40 * 0x1p-24, 0)));
  EXPECT_EQ(softmax_on(Device::cpu, false)[2], 0);
}

// d/dx of sum(w * y), against the formulas.
TEST(SoftmaxOp, IsDifferentiable) {
  std::vector<f32> const weight = {1, -2, 3};
  for (bool const logarithm : {false, true}) {
    Tensor x = Tensor::from<f32>({0.5f, 1, -1}, {1, 3}).set_requires_gradient(true);
    Tape tape;
    ops::SoftmaxOptions const options = {.scale = 2};
    Tensor const y = logarithm ? ops::log_softmax(x, options) : ops::softmax(x, options);
    tape.backward(ops::linear(y, Tensor::from(weight, {1, 3})));
    std::vector<double> p, expected;
    for (double const value : {0.5, 1.0, -1.0})
      p.push_back(std::exp(2 * value) / (std::exp(1) + std::exp(2) + std::exp(-2)));
    double const mean = p[0] - 2 * p[1] + 3 * p[2], sum = 2;
    for (std::size_t j = 0; j < 3; ++j)
      expected.push_back(2 * (logarithm ? weight[j] - p[j] * sum : p[j] * (weight[j] - mean)));
    EXPECT_TRUE(within(x.gradient().to_vector<f32>(), expected, close_bound(0, 1e-6))) << logarithm;
  }
}

TEST(SoftmaxOp, NamesWhatDoesNotFit) {
  Tensor const x = Tensor::zeros({4, 3});
  EXPECT_EQ(error_of([&] {
              ops::softmax(x, {.mask = Tensor::zeros({3, 3}, DType::u8)});
            }),
            "[softmax] mask and bias must be [..., columns] alike, their rows dividing those of x [4, 3]: [3, 3]");
  EXPECT_EQ(error_of([&] {
              ops::log_softmax(x, {.bias = Tensor::zeros({4, 2})});
            }),
            "[log_softmax] mask and bias must be [..., columns] alike, their rows dividing those of x [4, 3]: [4, 2]");
  EXPECT_EQ(error_of([&] { ops::softmax(Tensor::zeros({2}, DType::i32)); }), "[softmax] takes f32, f16 or bf16: i32");
}

}  // namespace
}  // namespace heddle
