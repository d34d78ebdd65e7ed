#include <cmath>
#include <string>

#include "kernels/optimizer/adamw.h"
#include "kernels/optimizer/sgd.h"
#include "tests/support/cases_elementwise.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"
#include "tests/support/fixture.h"
#include "tests/support/threads.h"

namespace heddle::testing {
namespace {

constexpr double u = 0x1p-24;

/// The parameters after each step, one after the other, when `step(parameter, gradient, t)` makes step t = 1, 2, …
template <class Step>
std::vector<f32> trace(nn::TensorFile const& file, Step step) {
  auto parameter = values(file, "start");
  auto const gradients = values(file, "gradients");
  std::vector<f32> history;
  for (std::size_t done = 0; done < gradients.size(); done += parameter.size()) {
    step(parameter, gradients.data() + done, static_cast<i64>(done / parameter.size() + 1));
    history.insert(history.end(), parameter.begin(), parameter.end());
  }
  return history;
}

struct SgdCase {
  std::string name;
  f32 momentum, weight_decay;
  bool nesterov;
};

// Six steps of four roundings each, of values up to 4: parameters, and velocities times the learning rate.
TEST(Sgd, FollowsPyTorch) {
  auto const file = fixture("optimizer");
  for (SgdCase const& c : {SgdCase{"sgd", 0, 0, false}, SgdCase{"sgd_decay", 0, 0.01f, false},
                           SgdCase{"sgd_momentum", 0.9f, 0.01f, false}, SgdCase{"sgd_nesterov", 0.9f, 0.01f, true}}) {
    std::vector<f32> velocity(values(file, "start").size(), 0.0f);
    auto const history = trace(file, [&](std::vector<f32>& parameter, f32 const* gradient, i64) {
      cpu::sgd({.count = static_cast<i64>(parameter.size()),
                .learning_rate = 0.1f,
                .momentum = c.momentum,
                .weight_decay = c.weight_decay,
                .nesterov = c.nesterov,
                .gradient = gradient,
                .parameter = parameter.data(),
                .velocity = c.momentum == 0 ? nullptr : velocity.data()},
               {});
    });
    EXPECT_TRUE(within(history, values(file, c.name), close_bound(u, 6 * 4 * 4 * u))) << c.name;
  }
}

struct AdamWCase {
  std::string name;
  f32 beta1, beta2, epsilon, weight_decay;
};

// A step moves a parameter by learning_rate * mhat / sqrt(vhat), at most about sqrt(t). In t steps the moments gather
// some 4 t roundings of what they sum, the parameter 2 t of its own magnitude, up to 3.
TEST(AdamW, FollowsPyTorch) {
  auto const file = fixture("optimizer");
  for (AdamWCase const& c :
       {AdamWCase{"adamw", 0.9f, 0.999f, 1e-8f, 0}, AdamWCase{"adamw_decay", 0.8f, 0.95f, 1e-3f, 0.01f}}) {
    std::vector<f32> m(values(file, "start").size(), 0.0f), v = m;
    auto const history = trace(file, [&](std::vector<f32>& parameter, f32 const* gradient, i64 t) {
      cpu::adamw({.count = static_cast<i64>(parameter.size()),
                  .learning_rate = 0.1f,
                  .beta1 = c.beta1,
                  .beta2 = c.beta2,
                  .epsilon = c.epsilon,
                  .weight_decay = c.weight_decay,
                  .step = t,
                  .gradient = gradient,
                  .parameter = parameter.data(),
                  .first_moment = m.data(),
                  .second_moment = v.data()},
                 {});
    });
    double const bound = 6 * (0.1 * std::sqrt(6.0) * 4 * 6 + 2 * 3) * u;
    EXPECT_TRUE(within(history, values(file, c.name), close_bound(u, bound))) << c.name;
  }
}

struct State {
  std::vector<f32> gradient, parameter, m, v;
  explicit State(i64 count)
      : gradient(uniform(count, 1)), parameter(uniform(count, 2)), m(uniform(count, 3)), v(uniform(count, 4, 0, 1)) {}
  i64 count() const { return static_cast<i64>(parameter.size()); }
};

SgdArgs<f32> sgd_args(State& s) {
  return {.count = s.count(),
          .learning_rate = 0.5f,
          .momentum = 0.5f,
          .weight_decay = 0.25f,
          .nesterov = true,
          .gradient = s.gradient.data(),
          .parameter = s.parameter.data(),
          .velocity = s.m.data()};
}

AdamWArgs<f32> adamw_args(State& s) {
  return {.count = s.count(),
          .learning_rate = 0.25f,
          .beta1 = 0.5f,
          .beta2 = 0.75f,
          .epsilon = 0x1p-10f,
          .weight_decay = 0.5f,
          .step = 3,
          .gradient = s.gradient.data(),
          .parameter = s.parameter.data(),
          .first_moment = s.m.data(),
          .second_moment = s.v.data()};
}

// Powers of two as hyperparameters leave the roundings of the sums, of which none exceeds 2.
TEST(Sgd, TakesEverySize) {
  for (i64 const count : element_counts) {
    State state(count);
    State const before = state;
    std::vector<double> velocity(state.m.size()), parameter(velocity);
    for (std::size_t i = 0; i < parameter.size(); ++i) {
      double const g = before.gradient[i] + 0.25 * before.parameter[i];
      velocity[i] = 0.5 * before.m[i] + g;
      parameter[i] = before.parameter[i] - 0.5 * (g + 0.5 * velocity[i]);
    }
    cpu::sgd(sgd_args(state), {});
    EXPECT_TRUE(within(state.m, velocity, close_bound(u, 2 * u))) << count;
    EXPECT_TRUE(within(state.parameter, parameter, close_bound(u, 4 * u))) << count;
  }
}

TEST(AdamW, TakesEverySize) {
  for (i64 const count : element_counts) {
    State state(count);
    State const before = state;
    std::vector<double> m(state.m.size()), v(m), parameter(m), bound(m);
    for (std::size_t i = 0; i < m.size(); ++i) {
      double const g = before.gradient[i];
      m[i] = 0.5 * before.m[i] + 0.5 * g;
      v[i] = 0.75 * before.v[i] + 0.25 * g * g;
      double const root = std::sqrt(v[i] / (1 - std::pow(0.75, 3)));
      parameter[i] = 0.875 * before.parameter[i] - 0.25 * m[i] / 0.875 / (root + 0x1p-10);
      bound[i] = 4 * u + 8 * u * 0.25 * (std::abs(m[i]) + 1) / 0.875 / (root + 0x1p-10);
    }
    cpu::adamw(adamw_args(state), {});
    EXPECT_TRUE(within(state.m, m, close_bound(2 * u, 2 * u))) << count;
    EXPECT_TRUE(within(state.v, v, close_bound(4 * u, 0))) << count;
    EXPECT_TRUE(within(state.parameter, parameter, [&](std::size_t i, double) { return bound[i]; })) << count;
  }
}

TEST(Optimizer, DoesNotDependOnThreads) {
  EXPECT_TRUE(same_bits_on_any_threads([] {
    State state(40961);
    cpu::sgd(sgd_args(state), {});
    return state.parameter;
  }));
  EXPECT_TRUE(same_bits_on_any_threads([] {
    State state(40961);
    cpu::adamw(adamw_args(state), {});
    return state.parameter;
  }));
}

TEST(Optimizer, AZeroGradientWithoutDecayMovesNothing) {
  State state(100);
  auto const before = state.parameter;
  std::vector<f32> const zero(100, 0.0f);
  state.gradient = state.m = state.v = zero;
  auto sgd = sgd_args(state);
  sgd.weight_decay = 0;
  cpu::sgd(sgd, {});
  EXPECT_TRUE(equal(state.parameter, before));
  auto adamw = adamw_args(state);
  adamw.weight_decay = 0;
  cpu::adamw(adamw, {});
  EXPECT_TRUE(equal(state.parameter, before));
}

TEST(Optimizer, NanInAGradientReachesItsParameterAlone) {
  State state(20);
  state.gradient[7] = NAN;
  cpu::adamw(adamw_args(state), {});
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(std::isnan(state.parameter[i]), i == 7);
}

TEST(Optimizer, RefusesWhatItCannotUse) {
  State state(3);
  auto sgd = sgd_args(state);
  sgd.velocity = nullptr;
  EXPECT_EQ(error_of([&] { cpu::sgd(sgd, {}); }), "[sgd] momentum needs a velocity: momentum=0.5");
  auto adamw = adamw_args(state);
  adamw.step = 0;
  EXPECT_EQ(error_of([&] { cpu::adamw(adamw, {}); }), "[adamw] step counts from 1: step=0");
  adamw = adamw_args(state);
  adamw.second_moment = nullptr;
  EXPECT_EQ(error_of([&] { cpu::adamw(adamw, {}); }), "[adamw] second_moment is null, but has 3 elements");
  adamw.count = -2;
  EXPECT_EQ(error_of([&] { cpu::adamw(adamw, {}); }), "[adamw] sizes must not be negative: count=-2");
  sgd = sgd_args(state);
  sgd.gradient = nullptr;
  EXPECT_EQ(error_of([&] { cpu::sgd(sgd, {}); }), "[sgd] gradient is null, but has 3 elements");
}

}  // namespace
}  // namespace heddle::testing
