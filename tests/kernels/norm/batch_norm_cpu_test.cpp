// The CPU batch normalisation against its formulas, PyTorch and finite differences.
#include <gtest/gtest.h>

#include "bench/harness/operands.h"
#include "ops/memory.h"
#include "tests/kernels/norm/batch_norm_reference.h"
#include "tests/kernels/norm/batch_norm_results.h"
#include "tests/support/cases_batch_norm.h"
#include "tests/support/compare.h"
#include "tests/support/fixture.h"
#include "tests/support/threads.h"

namespace heddle::testing {
namespace {

constexpr double epsilon = batch_norm_epsilon;

BatchNormInputs inputs(BatchNormCase const& c) {
  i64 const count = c.shape.elements(), channels = c.shape.channels;
  auto const get = [&](char const* name, i64 elements) { return batch_norm_values(c, name, elements); };
  return {c.shape,
          get("x", count),
          get("dy", count),
          get("gamma", channels),
          get("beta", channels),
          get("running_mean", channels),
          get("running_variance", channels)};
}

BatchNormInputs inputs(nn::TensorFile const& file, std::string const& name) {
  auto const get = [&](char const* tensor) { return values(file, name + "." + tensor); };
  Shape const& shape = file.at(name + ".x").shape();
  return {{shape[0], shape[1]},   get("x"), get("dy"), get("gamma"), get("beta"), get("running_mean"),
          get("running_variance")};
}

/// `bounds` as the Bound of `within`.
Bound each(std::vector<double> bounds) {
  return [=](std::size_t i, double) { return bounds[i]; };
}

/// Compares a forward pass with `expected`, up to what f32 and the rounding of the expected values explain.
void expect_training(BatchNormInputs const& in, BatchNormTraining const& out, std::vector<double> const& y,
                     std::vector<double> const& running_mean, std::vector<double> const& running_variance) {
  auto const [rows, channels] = in.shape;
  std::vector<double> y_bound(in.x.size()), mean(in.gamma.size()), mean_bound(mean), rstd(mean), rstd_bound(mean),
      running_mean_bound(mean), running_variance_bound(mean);
  for (i64 c = 0; c < channels; ++c) {
    auto const i = static_cast<std::size_t>(c);
    ChannelStatistics const s(in.shape, in.x, c);
    mean[i] = s.mean;
    rstd[i] = s.rstd(epsilon);
    mean_bound[i] = s.mean_error + 2 * u * std::abs(s.mean);
    rstd_bound[i] = rstd[i] * s.rstd_relative_error(epsilon);
    double const unbiased = static_cast<double>(rows) / static_cast<double>(std::max<i64>(rows - 1, 1));
    running_mean_bound[i] = mean_bound[i] + 4 * u * std::abs(in.running_mean[i]);
    running_variance_bound[i] =
        unbiased * s.variance_error + 4 * u * (unbiased * s.variance + std::abs(in.running_variance[i]));
    for (i64 row = 0; row < rows; ++row) {
      auto const at = static_cast<std::size_t>(row * channels + c);
      double const xhat = (in.x[at] - s.mean) * rstd[i];
      // The mean enters with its full precision, or rounded once and then corrected.
      y_bound[at] = std::abs(in.gamma[i]) * (rstd[i] * (s.mean_error + 4 * u * u * std::abs(s.mean)) +
                                             std::abs(xhat) * (s.rstd_relative_error(epsilon) + 4 * u)) +
                    4 * u * (std::abs(in.beta[i]) + std::abs(in.gamma[i]) * rstd[i] * u * std::abs(s.mean)) +
                    2 * u * std::abs(y[at]);
    }
  }
  EXPECT_TRUE(within(out.y, y, each(y_bound)));
  EXPECT_TRUE(within(out.mean, mean, each(mean_bound)));
  EXPECT_TRUE(within(out.rstd, rstd, each(rstd_bound)));
  EXPECT_TRUE(within(out.running_mean, running_mean, each(running_mean_bound)));
  EXPECT_TRUE(within(out.running_variance, running_variance, each(running_variance_bound)));
}

/// Compares gradients with `expected`, given how far the statistics they were made with may be off.
void expect_gradients(BatchNormInputs const& in, BatchNormGradients const& out, BatchNormGradients const* expected,
                      bool exact_statistics, std::vector<f32> const& mean, std::vector<f32> const& rstd) {
  i64 const channels = in.shape.channels;
  std::vector<double> dx(in.x.size()), dx_bound(dx), dgamma(in.gamma.size()), dgamma_bound(dgamma), dbeta(dgamma),
      dbeta_bound(dgamma);
  for (i64 c = 0; c < channels; ++c) {
    auto const i = static_cast<std::size_t>(c);
    ChannelStatistics const s(in.shape, in.x, c);
    ChannelGradients const g =
        exact_statistics ? ChannelGradients(in.shape, in.x, in.dy, in.gamma[i], mean[i], rstd[i], 0, 0, c)
                         : ChannelGradients(in.shape, in.x, in.dy, in.gamma[i], s.mean, s.rstd(epsilon),
                                            s.mean_error + u * std::abs(s.mean), s.rstd_relative_error(epsilon), c);
    dgamma[i] = expected ? expected->dgamma[i] : g.dgamma;
    dbeta[i] = expected ? expected->dbeta[i] : g.dbeta;
    dgamma_bound[i] = g.dgamma_error + u * std::abs(g.dgamma);
    dbeta_bound[i] = g.dbeta_error + u * std::abs(g.dbeta);
    for (i64 row = 0; row < in.shape.rows; ++row) {
      auto const at = static_cast<std::size_t>(row * channels + c), r = static_cast<std::size_t>(row);
      dx[at] = expected ? expected->dx[at] : g.dx[r];
      dx_bound[at] = g.dx_error[r] + u * std::abs(g.dx[r]);
    }
  }
  EXPECT_TRUE(within(out.dx, dx, each(dx_bound)));
  EXPECT_TRUE(within(out.dgamma, dgamma, each(dgamma_bound)));
  EXPECT_TRUE(within(out.dbeta, dbeta, each(dbeta_bound)));
}

class BatchNormCpu : public ::testing::TestWithParam<BatchNormCase> {};

TEST_P(BatchNormCpu, TrainingFollowsTheFormula) {
  BatchNormInputs const in = inputs(GetParam());
  auto const [rows, channels] = in.shape;
  std::vector<double> y(in.x.size()), running_mean = as_double(in.running_mean),
                                      running_variance = as_double(in.running_variance);
  double const momentum = 0.1f;
  for (i64 c = 0; c < channels; ++c) {
    auto const i = static_cast<std::size_t>(c);
    ChannelStatistics const s(in.shape, in.x, c);
    for (i64 row = 0; row < rows; ++row) {
      auto const at = static_cast<std::size_t>(row * channels + c);
      y[at] = (in.x[at] - s.mean) * s.rstd(epsilon) * in.gamma[i] + in.beta[i];
    }
    if (rows == 0) continue;
    double const unbiased = s.variance * static_cast<double>(rows) / static_cast<double>(std::max<i64>(rows - 1, 1));
    running_mean[i] += momentum * (s.mean - running_mean[i]);
    running_variance[i] += momentum * (unbiased - running_variance[i]);
  }
  expect_training(in, train(in), y, running_mean, running_variance);
}

TEST_P(BatchNormCpu, BackwardFollowsTheFormula) {
  BatchNormInputs const in = inputs(GetParam());
  BatchNormTraining const forward = train(in);
  expect_gradients(in, gradients(in, forward.mean, forward.rstd), nullptr, true, forward.mean, forward.rstd);
}

TEST_P(BatchNormCpu, InferenceFollowsTheFormula) {
  BatchNormInputs const in = inputs(GetParam());
  std::vector<double> y(in.x.size()), bound(y);
  for (std::size_t at = 0; at < y.size(); ++at) {
    std::size_t const i = at % in.gamma.size();
    double const scaled = in.gamma[i] / std::sqrt(in.running_variance[i] + epsilon) * (in.x[at] - in.running_mean[i]);
    y[at] = scaled + in.beta[i];
    bound[at] = u * (6 * std::abs(scaled) + 2 * std::abs(in.beta[i]) + std::abs(y[at]));
  }
  EXPECT_TRUE(within(infer(in), y, each(bound)));
}

TEST_P(BatchNormCpu, SameBitsOnAnyThreads) {
  BatchNormInputs const in = inputs(GetParam());
  BatchNormTraining const forward = train(in);
  auto const backward = [&] { return gradients(in, forward.mean, forward.rstd); };
  EXPECT_TRUE(same_bits_on_any_threads([&] { return train(in).y; }));
  EXPECT_TRUE(same_bits_on_any_threads([&] { return train(in).running_variance; }));
  EXPECT_TRUE(same_bits_on_any_threads([&] { return backward().dx; }));
  EXPECT_TRUE(same_bits_on_any_threads([&] { return backward().dgamma; }));
  EXPECT_TRUE(same_bits_on_any_threads([&] { return backward().dbeta; }));
}

INSTANTIATE_TEST_SUITE_P(Cases, BatchNormCpu, ::testing::ValuesIn(batch_norm_cases()),
                         [](auto const& test) { return test.param.name; });

class BatchNormFixture : public ::testing::TestWithParam<std::string> {};

TEST_P(BatchNormFixture, MatchesPyTorch) {
  nn::TensorFile const file = fixture("batch_norm");
  auto const get = [&](char const* tensor) { return values(file, GetParam() + "." + tensor); };
  BatchNormInputs const in = inputs(file, GetParam());
  BatchNormTraining const forward = train(in);
  expect_training(in, forward, as_double(get("y")), as_double(get("running_mean_after")),
                  as_double(get("running_variance_after")));
  BatchNormGradients const expected = {get("dx"), get("dgamma"), get("dbeta")};
  expect_gradients(in, gradients(in, forward.mean, forward.rstd), &expected, false, forward.mean, forward.rstd);
  std::vector<f32> const inference = get("inference");
  EXPECT_TRUE(within(infer(in), inference, [&](std::size_t at, double y) {
    return u * (8 * std::abs(y - in.beta[at % in.beta.size()]) + 2 * std::abs(in.beta[at % in.beta.size()]) +
                2 * std::abs(y));
  }));
}

INSTANTIATE_TEST_SUITE_P(PyTorch, BatchNormFixture,
                         ::testing::Values("odd", "two_rows", "many_rows", "wide", "large_mean"),
                         [](auto const& test) { return test.param; });

class BatchNormFused : public ::testing::TestWithParam<Activation> {};

// Sums run over 40 rows; all values are below 10.
TEST_P(BatchNormFused, MatchesPyTorch) {
  char const* const names[] = {"none", "relu", "gelu_erf", "gelu_tanh", "silu"};
  std::string const name = std::string("fused_") + names[static_cast<int>(GetParam())];
  nn::TensorFile const file = fixture("batch_norm");
  Bound const bound = close_bound(0, 4 * 40 * 10 * u);
  BatchNormTrainingArgs<f32> training = {.shape = {40, 6}, .activation = GetParam()};
  auto const input = [&](std::string_view tensor, i64 count, u64) {
    if (tensor == "running_mean" || tensor == "running_variance") return std::vector<f32>();
    if (tensor == "positive" || tensor == "dresidual") return std::vector<f32>(static_cast<std::size_t>(count));
    return values(file, name + "." + std::string(tensor));
  };
  bench::Operands const forward(cpu::memory, training, input);
  cpu::batch_norm_training(training, {});
  EXPECT_TRUE(within(forward.values("y"), values(file, name + ".y"), bound));

  for (bool const signs : {false, true}) {
    if (signs && GetParam() != Activation::relu) continue;
    BatchNormBackwardArgs<f32> args = {.shape = training.shape, .activation = GetParam()};
    bench::Operands const backward(cpu::memory, args, [&](std::string_view tensor, i64 count, u64 seed) {
      if (tensor == (signs ? "residual" : "positive")) return std::vector<f32>();
      return forward.has(tensor) ? forward.values(tensor) : input(tensor, count, seed);
    });
    cpu::batch_norm_backward(args, {});
    for (char const* const result : {"dx", "dgamma", "dbeta", "dresidual"})
      EXPECT_TRUE(within(backward.values(result), values(file, name + "." + result), bound)) << result;
  }
}

INSTANTIATE_TEST_SUITE_P(PyTorch, BatchNormFused,
                         ::testing::Values(Activation::none, Activation::relu, Activation::gelu_erf,
                                           Activation::gelu_tanh, Activation::silu));

// Central differences with steps h and 2h: their difference shows the truncation, and |dy| |y| the rounding.
TEST(BatchNormGradient, IsAFiniteDifference) {
  BatchNormInputs in = inputs({.name = "small", .shape = {7, 3}});
  BatchNormTraining const forward = train(in);
  BatchNormGradients const g = gradients(in, forward.mean, forward.rstd);
  auto const loss = [&] {
    std::vector<f32> const y = train(in).y;
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) sum += static_cast<double>(y[i]) * in.dy[i];
    return sum;
  };
  auto const slope = [&](f32& value, f32 step) {
    f32 const before = value;
    value = before + step;
    double const above = loss(), upper = value;
    value = before - step;
    double const result = (above - loss()) / (upper - value);
    value = before;
    return result;
  };
  constexpr f32 step = 0x1p-6f;
  // 21 outputs with |dy| < 1 and |y| < 4, each with an error of some 70 roundings of its terms at most.
  constexpr double noise = 21 * 4 * 70 * u / step;
  auto const check = [&](std::vector<f32>& input, std::vector<f32> const& gradient) {
    for (std::size_t i = 0; i < input.size(); ++i) {
      double const near = slope(input[i], step), far = slope(input[i], 2 * step);
      EXPECT_NEAR(near, gradient[i], std::abs(far - near) + noise) << "element " << i;
    }
  };
  check(in.x, g.dx);
  check(in.gamma, g.dgamma);
  check(in.beta, g.dbeta);
}

TEST(BatchNormTrainingArguments, RunningStatisticsMayBeLeftOut) {
  f32 const x[2] = {1, 3}, one = 1, zero = 0;
  f32 y[2], mean, rstd;
  cpu::batch_norm_training<f32>(
      {.shape = {2, 1}, .epsilon = 0, .x = x, .gamma = &one, .beta = &zero, .y = y, .mean = &mean, .rstd = &rstd}, {});
  EXPECT_EQ(mean, 2);
  EXPECT_EQ(rstd, 1);
  EXPECT_EQ(y[0], -1);
  EXPECT_EQ(y[1], 1);
}

TEST(BatchNormCpuArguments, NoneAtAll) { EXPECT_NO_THROW(cpu::batch_norm_backward<f32>({}, {})); }

}  // namespace
}  // namespace heddle::testing
