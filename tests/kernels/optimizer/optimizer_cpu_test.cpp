#include <cmath>
#include <string>

#include "kernels/optimizer/adamw.h"
#include "kernels/optimizer/gradient_norm.h"
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
      StepState const state = {.learning_rate = 0.1f};
      SgdTensor<f32> const tensor = {.count = static_cast<i64>(parameter.size()),
                                     .weight_decay = c.weight_decay,
                                     .gradient = gradient,
                                     .parameter = parameter.data(),
                                     .velocity = c.momentum == 0 ? nullptr : velocity.data()};
      cpu::sgd<f32>({{&tensor, 1}, c.momentum, c.nesterov, &state}, {});
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
      StepState const state = {.step = t, .learning_rate = 0.1f};
      AdamWTensor<f32> const tensor = {.count = static_cast<i64>(parameter.size()),
                                       .weight_decay = c.weight_decay,
                                       .gradient = gradient,
                                       .parameter = parameter.data(),
                                       .first_moment = m.data(),
                                       .second_moment = v.data()};
      cpu::adamw<f32>({{&tensor, 1}, c.beta1, c.beta2, c.epsilon, &state}, {});
    });
    double const bound = 6 * (0.1 * std::sqrt(6.0) * 4 * 6 + 2 * 3) * u;
    EXPECT_TRUE(within(history, values(file, c.name), close_bound(u, bound))) << c.name;
  }
}

/// A parameter of `count` elements on the host, and what updates it.
struct State {
  std::vector<f32> gradient, parameter, m, v;
  StepState step = {.step = 3, .learning_rate = 0.25f, .gradient_scale = 0.5f};
  SgdTensor<f32> of_sgd = {};
  AdamWTensor<f32> of_adamw = {};

  explicit State(i64 count)
      : gradient(uniform(count, 1)), parameter(uniform(count, 2)), m(uniform(count, 3)), v(uniform(count, 4, 0, 1)) {}
  i64 count() const { return static_cast<i64>(parameter.size()); }

  SgdArgs<f32> sgd() {
    of_sgd = {.count = count(),
              .weight_decay = 0.25f,
              .gradient = gradient.data(),
              .parameter = parameter.data(),
              .velocity = m.data()};
    return {{&of_sgd, 1}, 0.5f, true, &step};
  }
  AdamWArgs<f32> adamw() {
    of_adamw = {.count = count(),
                .weight_decay = 0.5f,
                .gradient = gradient.data(),
                .parameter = parameter.data(),
                .first_moment = m.data(),
                .second_moment = v.data()};
    return {{&of_adamw, 1}, 0.5f, 0.75f, 0x1p-10f, &step};
  }
};

// Powers of two as hyperparameters leave the roundings of the sums, of which none exceeds 2.
TEST(Sgd, TakesEverySize) {
  for (i64 const count : element_counts) {
    State state(count);
    State const before = state;
    std::vector<double> velocity(state.m.size()), parameter(velocity);
    for (std::size_t i = 0; i < parameter.size(); ++i) {
      double const g = 0.5 * before.gradient[i] + 0.25 * before.parameter[i];
      velocity[i] = 0.5 * before.m[i] + g;
      parameter[i] = before.parameter[i] - 0.25 * (g + 0.5 * velocity[i]);
    }
    cpu::sgd(state.sgd(), {});
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
      double const g = 0.5 * before.gradient[i];
      m[i] = 0.5 * before.m[i] + 0.5 * g;
      v[i] = 0.75 * before.v[i] + 0.25 * g * g;
      double const root = std::sqrt(v[i] / (1 - std::pow(0.75, 3)));
      parameter[i] = 0.875 * before.parameter[i] - 0.25 * m[i] / 0.875 / (root + 0x1p-10);
      bound[i] = 4 * u + 8 * u * 0.25 * (std::abs(m[i]) + 1) / 0.875 / (root + 0x1p-10);
    }
    cpu::adamw(state.adamw(), {});
    EXPECT_TRUE(within(state.m, m, close_bound(2 * u, 2 * u))) << count;
    EXPECT_TRUE(within(state.v, v, close_bound(4 * u, 0))) << count;
    EXPECT_TRUE(within(state.parameter, parameter, [&](std::size_t i, double) { return bound[i]; })) << count;
  }
}

TEST(Optimizer, DoesNotDependOnThreads) {
  EXPECT_TRUE(same_bits_on_any_threads([] {
    State state(40961);
    cpu::sgd(state.sgd(), {});
    return state.parameter;
  }));
  EXPECT_TRUE(same_bits_on_any_threads([] {
    State state(40961);
    cpu::adamw(state.adamw(), {});
    return state.parameter;
  }));
}

TEST(Optimizer, AZeroGradientWithoutDecayMovesNothing) {
  State state(100);
  auto const before = state.parameter;
  std::vector<f32> const zero(100, 0.0f);
  state.gradient = state.m = state.v = zero;
  auto const sgd = state.sgd();
  state.of_sgd.weight_decay = 0;
  cpu::sgd(sgd, {});
  EXPECT_TRUE(equal(state.parameter, before));
  auto const adamw = state.adamw();
  state.of_adamw.weight_decay = 0;
  cpu::adamw(adamw, {});
  EXPECT_TRUE(equal(state.parameter, before));
}

TEST(Optimizer, NanInAGradientReachesItsParameterAlone) {
  State state(20);
  state.gradient[7] = NAN;
  cpu::adamw(state.adamw(), {});
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(std::isnan(state.parameter[i]), i == 7);
}

TEST(Optimizer, RefusesWhatItCannotUse) {
  State state(3);
  auto const sgd = state.sgd();
  state.of_sgd.velocity = nullptr;
  EXPECT_EQ(error_of([&] { cpu::sgd(sgd, {}); }), "[sgd] momentum needs a velocity: momentum=0.5");
  state.of_sgd.gradient = nullptr;
  EXPECT_EQ(error_of([&] { cpu::sgd(sgd, {}); }), "[sgd] gradient is null, but has 3 elements");
  auto adamw = state.adamw();
  state.step.step = 0;
  EXPECT_EQ(error_of([&] { cpu::adamw(adamw, {}); }), "[adamw] step counts from 1: step=0");
  state.of_adamw.second_moment = nullptr;
  EXPECT_EQ(error_of([&] { cpu::adamw(adamw, {}); }), "[adamw] second_moment is null, but has 3 elements");
  state.of_adamw.count = -2;
  EXPECT_EQ(error_of([&] { cpu::adamw(adamw, {}); }), "[adamw] sizes must not be negative: tensor=0, count=-2");
  adamw = {.list = {}};
  EXPECT_EQ(error_of([&] { cpu::adamw(adamw, {}); }), "[adamw] state is null, but has 1 elements");
}

StepState norm_of(std::vector<std::vector<f32>> const& gradients, double max_norm, StepState state) {
  std::vector<GradientTensor<f32>> list;
  for (auto const& gradient : gradients) list.push_back({static_cast<i64>(gradient.size()), gradient.data()});
  cpu::gradient_norm<f32>({.list = list, .rules = {.max_norm = max_norm}, .state = &state, .workspace = {}}, {});
  return state;
}

TEST(GradientNorm, ClipsToTheNorm) {
  StepState const loose = norm_of({{3, 0}, {}, {-4}}, 6, {.step = 7}), tight = norm_of({{3, 0}, {-4}}, 2, {.step = 7});
  EXPECT_EQ(loose.gradient_norm, 5);
  EXPECT_EQ(loose.gradient_scale, 1);
  EXPECT_EQ(tight.gradient_norm, 5);
  EXPECT_EQ(tight.gradient_scale, 0.4f);
  EXPECT_EQ(tight.step, 8);
  StepState const scaled = norm_of({{24}, {-32}}, 2.5, {.loss_scale = 8});
  EXPECT_EQ(scaled.gradient_norm, 5);
  EXPECT_EQ(scaled.gradient_scale, 0.0625f);
}

TEST(GradientNorm, OfNothingIsZero) {
  StepState const state = norm_of({}, 1, {});
  EXPECT_EQ(state.gradient_norm, 0);
  EXPECT_EQ(state.gradient_scale, 1);
  EXPECT_EQ(state.finite, 1);
}

TEST(GradientNorm, SeesWhatIsNotFinite) {
  for (f32 const bad : {INFINITY, -INFINITY, NAN}) {
    StepState const state = norm_of({{1, 2}, {bad}}, 1, {.step = 4});
    EXPECT_EQ(state.finite, 0);
    EXPECT_EQ(state.gradient_scale, 0);
    EXPECT_EQ(state.step, 4);
  }
  EXPECT_EQ(norm_of({{3e38f, -3e38f}}, 0, {}).finite, 1);
}

TEST(GradientNorm, DoesNotDependOnThreads) {
  auto const gradient = uniform(100003, 5);
  EXPECT_TRUE(same_bits_on_any_threads([&] {
    auto const norm = norm_of({gradient}, 0, {}).gradient_norm;
    return std::vector<f32>{static_cast<f32>(norm), static_cast<f32>(norm - static_cast<f32>(norm))};
  }));
}

}  // namespace
}  // namespace heddle::testing
