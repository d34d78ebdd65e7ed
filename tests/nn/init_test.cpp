#include "nn/init.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "nn/conv2d.h"

namespace heddle::testing {
namespace {

struct Moments {
  double mean, deviation, largest;
};

Moments moments_of(Tensor const& tensor) {
  Moments m = {};
  std::vector<f32> const values = tensor.to_vector<f32>();
  auto const count = static_cast<double>(values.size());
  for (f32 const value : values) {
    m.mean += value / count;
    m.largest = std::max(m.largest, std::abs(static_cast<double>(value)));
  }
  for (f32 const value : values) m.deviation += (value - m.mean) * (value - m.mean) / count;
  m.deviation = std::sqrt(m.deviation);
  return m;
}

/// Mean 0 and the deviation, within five standard errors of a sample of 40,000.
void expect_moments(Tensor const& tensor, double deviation) {
  Moments const m = moments_of(tensor);
  double const error = deviation / std::sqrt(static_cast<double>(tensor.count()));
  EXPECT_NEAR(m.mean, 0, 5 * error);
  EXPECT_NEAR(m.deviation, deviation, 5 * error);
}

TEST(Init, Fans) {
  EXPECT_EQ(nn::fan_in({8, 5, 3, 4}), 60);
  EXPECT_EQ(nn::fan_out({8, 5, 3, 4}), 120);
  EXPECT_EQ(nn::fan_in({7, 9}), 9);
  EXPECT_EQ(nn::fan_out({7, 9}), 7);
}

TEST(Init, Distributions) {
  Generator generator = {.seed = 3};
  Shape const filter = {100, 4, 5, 20};  // fan-in 400, fan-out 2000
  expect_moments(nn::kaiming_normal(filter, generator), std::sqrt(2.0 / 400));
  expect_moments(nn::kaiming_uniform(filter, generator), std::sqrt(2.0 / 400));
  expect_moments(nn::xavier_uniform(filter, generator), std::sqrt(2.0 / 2400));
  expect_moments(nn::default_uniform(filter, 400, generator), 1 / std::sqrt(3.0 * 400));
  EXPECT_LE(moments_of(nn::kaiming_uniform(filter, generator)).largest, std::sqrt(6.0 / 400) * (1 + 1e-6));
  EXPECT_LE(moments_of(nn::default_uniform(filter, 400, generator)).largest, 1 / 20.0);
}

TEST(Init, ResetsFiltersAlone) {
  Generator generator = {.seed = 3};
  nn::Conv2d conv(20, 100, 5, generator);
  std::vector<f32> const bias = conv.parameters()[1].tensor.to_vector<f32>();
  nn::reset_filters(conv, generator);
  expect_moments(conv.parameters()[0].tensor, std::sqrt(2.0 / 500));
  EXPECT_EQ(conv.parameters()[1].tensor.to_vector<f32>(), bias);
}

}  // namespace
}  // namespace heddle::testing
