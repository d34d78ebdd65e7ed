// A list of parameters on a device against the CPU, with the bounds that a kernel must keep that computes in f32.
//
// Notation: u = 2^-24. Both sides round each operation by u, so that the bounds of the error count twice; the second
// order is in the last tenth. First-order bounds (Higham, "Accuracy and stability of numerical algorithms", 3.1).
#pragma once

#include <gtest/gtest.h>

#include <cmath>

#include "bench/samples/optimizer.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "ops/memory.h"
#include "tests/support/cases_optimizer.h"
#include "tests/support/compare.h"
#include "tests/support/fill.h"

namespace heddle::testing {

inline constexpr double unit = 0x1p-24;

using bench::optimizer_state;

/// Bounds of what an update writes to element i, given the tensors before it.
struct SgdBounds {
  std::vector<f32> gradient, parameter, velocity;
  SgdArgs<f32> numbers = bench::SgdSample::arguments<f32>();
  double decay;

  SgdBounds(bench::Operands const& o, f32 weight_decay)
      : gradient(o.first_values("gradient")),
        parameter(o.first_values("parameter")),
        velocity(o.first_values("velocity")),
        decay(weight_decay) {}

  double operator()(std::string_view name, std::size_t i) const {
    double const momentum = numbers.momentum, rate = optimizer_state.learning_rate;
    double const sum = std::abs(momentum * velocity[i]) + std::abs(optimizer_state.gradient_scale * gradient[i]) +
                       std::abs(decay * parameter[i]);
    if (name == "velocity") return 2.2 * 4 * unit * sum;
    return 2.2 * (8 * unit * rate * (1 + momentum) * sum + unit * std::abs(parameter[i]));
  }
};

struct AdamWBounds {
  std::vector<f32> gradient, parameter, first, second;
  AdamWArgs<f32> numbers = bench::AdamWSample::arguments<f32>();
  double decay;

  AdamWBounds(bench::Operands const& o, f32 weight_decay)
      : gradient(o.first_values("gradient")),
        parameter(o.first_values("parameter")),
        first(o.first_values("first_moment")),
        second(o.first_values("second_moment")),
        decay(weight_decay) {}

  double operator()(std::string_view name, std::size_t i) const {
    double const g = std::abs(optimizer_state.gradient_scale * gradient[i]);
    double const m = numbers.beta1 * std::abs(static_cast<double>(first[i])) + (1.0 - numbers.beta1) * g;
    double const v = numbers.beta2 * static_cast<double>(second[i]) + (1.0 - numbers.beta2) * g * g;
    if (name == "first_moment") return 2.2 * 4 * unit * m;
    if (name == "second_moment") return 2.2 * 5 * unit * v;
    // The corrections are off by 5 u and half of that, sqrt(v) by 4 u; 4 further roundings.
    auto const t = static_cast<double>(optimizer_state.step);
    double const mhat = m / (1 - std::pow(numbers.beta1, t)), vhat = v / (1 - std::pow(numbers.beta2, t));
    double const moved = optimizer_state.learning_rate * mhat / (std::sqrt(vhat) + numbers.epsilon);
    return 2.2 * (20 * unit * moved + 4 * unit * std::abs(parameter[i]));
  }
};

struct WeightAverageBounds {
  std::vector<f32> parameter, average;
  double weight = average_weight(bench::WeightAverageSample::arguments<f32>().decay, optimizer_state);

  WeightAverageBounds(bench::Operands const& o, f32)
      : parameter(o.first_values("parameter")), average(o.first_values("average")) {}

  double operator()(std::string_view, std::size_t i) const {
    return 2.2 * 3 * unit * ((1 - weight) * std::abs(average[i]) + weight * std::abs(parameter[i]));
  }
};

/// What tensors hold, made on one thread: most of them are tiny.
inline std::vector<f32> list_values(std::string_view name, i64 count, u64 seed) {
  if (name == "copy") return {};
  return uniform(count, seed, name == "second_moment" ? 0.01f : -1.0f, 1);
}

/// With the copy, where the case has one.
inline bench::Values values_of(OptimizerCase const& c) {
  return [copy = c.copy](std::string_view name, i64 count, u64 seed) {
    return name == "copy" && copy ? std::vector<f32>(static_cast<std::size_t>(count)) : list_values(name, count, seed);
  };
}

template <class Args>
void run_on(Device device, Operation<Args> const& operation, Args const& args) {
  (device == Device::cpu ? operation.cpu : device == Device::cuda ? operation.cuda : operation.emulated)(args, {});
}

f32 weight_decay_of(auto const& tensor) {
  if constexpr (requires { tensor.weight_decay; }) return tensor.weight_decay;
  return 0;
}

/// Sample: an update. Bounds: those above.
template <class Sample, class Bounds, class T>
void test_update(Device device, OptimizerCase const& c) {
  using List = bench::TensorList<typename Sample::template Args<T>>;
  auto const numbers = Sample::template arguments<T>();
  List const expected(cpu::memory, numbers, optimizer_state, c.counts, values_of(c));
  List const actual(memory_of(device), numbers, optimizer_state, c.counts, values_of(c), 0, c.offset);
  Sample::template operation<T>.cpu(expected.args, {});
  run_on(device, Sample::template operation<T>, actual.args);
  for (std::size_t i = 0; i < c.counts.size(); ++i) {
    SCOPED_TRACE(i);
    bench::Operands const &a = actual.operands()[i], &e = expected.operands()[i];
    Bounds const bounds(e, weight_decay_of(expected.args.list[i]));
    a.for_each([&](std::string const& name, bool written) {
      SCOPED_TRACE(name);
      if (name == "copy") {
        std::vector<f32> rounded = a.values("parameter");
        for (f32& value : rounded) value = static_cast<f32>(T(value));
        EXPECT_TRUE(equal(a.values(name), rounded));
      } else {
        EXPECT_TRUE(within(a.values(name), e.values(name),
                           [&](std::size_t k, double) { return written ? bounds(name, k) : 0.0; }));
      }
    });
  }
  EXPECT_EQ(actual.overrun(), "");
}

/// The sums of both sides are of double precision.
template <class T>
void test_norm(Device device, OptimizerCase const& c, bench::Values const& values) {
  using List = bench::TensorList<GradientNormArgs<T>>;
  auto const numbers = bench::GradientNormSample::arguments<T>();
  List const expected(cpu::memory, numbers, optimizer_state, c.counts, values);
  List const actual(memory_of(device), numbers, optimizer_state, c.counts, values, 0, c.offset);
  cpu::gradient_norm(expected.args, {});
  run_on(device, gradient_norm<T>, actual.args);
  StepState const a = actual.state(), e = expected.state();
  EXPECT_EQ(a.step, e.step);
  EXPECT_EQ(a.finite, e.finite);
  if (e.finite) {
    EXPECT_NEAR(a.gradient_norm, e.gradient_norm, 1e-12 * e.gradient_norm);
    EXPECT_NEAR(a.gradient_scale, e.gradient_scale, 2 * unit * e.gradient_scale);
  }
  EXPECT_EQ(a.learning_rate, e.learning_rate);
  EXPECT_EQ(a.loss_scale, e.loss_scale);
  EXPECT_EQ(actual.overrun(), "");
}

template <class T>
void test_optimizers(Device device, OptimizerCase const& c) {
  test_update<bench::SgdSample, SgdBounds, T>(device, c);
  test_update<bench::AdamWSample, AdamWBounds, T>(device, c);
  test_norm<T>(device, c, list_values);
  if constexpr (std::is_same_v<T, f32>) test_update<bench::WeightAverageSample, WeightAverageBounds, T>(device, c);
}

}  // namespace heddle::testing
