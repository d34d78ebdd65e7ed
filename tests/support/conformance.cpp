#include "tests/support/conformance.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "nn/weights.h"
#include "ops/linear.h"
#include "ops/reshape.h"
#include "ops/tape.h"
#include "tests/support/compare.h"
#include "tests/support/fill.h"

namespace heddle::testing {
namespace {

/// Values of [-2, 2], evenly spaced and shuffled: no two closer than 4 / count, none closer than 2 / count to 0, so
/// that finite differences stay on one side of the kinks of ReLU and max pooling.
Tensor spaced_values(Shape const& shape) {
  i64 const count = shape.count();
  std::vector<f32> values(static_cast<std::size_t>(count));
  for (i64 i = 0; i < count; ++i)
    values[static_cast<std::size_t>(i)] = static_cast<f32>(4 * i + 1 - 2 * count) / static_cast<f32>(count);
  for (u64 i = static_cast<u64>(count); i > 1; --i)
    std::swap(values[i - 1], values[uniform_below(philox(7, 0, i)[0], static_cast<u32>(i))]);
  return Tensor::from(values, shape);
}

/// sum(weight * y), the function whose gradient is taken.
struct WeightedSum {
  std::shared_ptr<nn::Module> module;
  Tensor x;
  std::vector<f32> weight;

  double operator()() const {
    return sum([](double term) { return term; });
  }
  double magnitude() const {
    return sum([](double term) { return std::abs(term); });
  }

  /// Leaves the gradients in x and the parameters.
  void differentiate() const {
    Tape tape;
    Tensor const y = (*module)(x);
    Tensor const row = ops::reshape(y, {1, y.count()});
    tape.backward(ops::linear(row, Tensor::from(weight, {1, y.count()})));
  }

 private:
  template <class Term>
  double sum(Term const& term) const {
    std::vector<f32> const y = (*module)(x).to_vector<f32>();
    double total = 0;
    for (std::size_t i = 0; i < y.size(); ++i) total += term(static_cast<double>(y[i]) * weight[i]);
    return total;
  }
};

/// (f(v + h) - f(v - h)) / 2h, with the h that f32 really makes of it.
double central_difference(WeightedSum const& f, f32& value, f32 h) {
  f32 const middle = value, high = middle + h, low = middle - h;
  value = high;
  double const above = f();
  value = low;
  double const below = f();
  value = middle;
  return (above - below) / (static_cast<double>(high) - static_cast<double>(low));
}

/// The gradient of `variable` against central differences D(h). Their error is (D(2h) - D(h)) / 3 to fourth order in h,
/// which Richardson's extrapolation takes off and which is the bound on what remains; to it comes the rounding of f,
/// some units of 2^-24 of its terms, divided by h, and as much for the gradient itself.
void expect_gradient(WeightedSum const& f, Tensor const& variable, std::string const& name) {
  constexpr f32 h = 0x1p-8f;
  Tensor const gradient = variable.gradient();
  ASSERT_TRUE(gradient.defined()) << "no gradient for " << name;
  ASSERT_EQ(gradient.shape(), variable.shape()) << name;
  double const rounding = 4 * 0x1p-24 * f.magnitude() / static_cast<double>(h);
  std::vector<double> expected, bound;
  for (i64 i = 0; i < variable.count(); ++i) {
    f32& value = variable.data<f32>()[i];
    double const near = central_difference(f, value, h), far = central_difference(f, value, 2 * h);
    expected.push_back(near + (near - far) / 3);
    bound.push_back(std::abs(near - far) + rounding);
  }
  EXPECT_TRUE(within(gradient.to_vector<f32>(), expected, [&](std::size_t i, double) { return bound[i]; }))
      << "gradient of " << name;
}

void expect_gradients(std::shared_ptr<nn::Module> const& module, Shape const& shape) {
  WeightedSum const f = {module, spaced_values(shape), uniform((*module)(spaced_values(shape)).count(), 3)};
  Tensor(f.x).set_requires_gradient(true);
  f.differentiate();
  expect_gradient(f, f.x, "x");
  for (auto const& [name, tensor] : module->parameters()) expect_gradient(f, tensor, name);

  std::vector<f32> const once = f.x.gradient().to_vector<f32>();
  f.differentiate();
  std::vector<f32> twice = f.x.gradient().to_vector<f32>();
  for (f32& value : twice) value /= 2;
  EXPECT_TRUE(equal(twice, once)) << "gradients must add up over backward passes";
  module->clear_gradients();
  for (auto const& [name, tensor] : module->parameters()) EXPECT_FALSE(tensor.gradient().defined()) << name;
}

std::vector<std::string> names_of(std::vector<nn::NamedTensor> const& tensors) {
  std::vector<std::string> names;
  for (auto const& t : tensors) names.push_back(t.name);
  return names;
}

std::vector<std::vector<f32>> values_of(std::vector<nn::NamedTensor> const& tensors) {
  std::vector<std::vector<f32>> values;
  for (auto const& t : tensors) values.push_back(t.tensor.to_vector<f32>());
  return values;
}

void expect_names(nn::Module const& module, Conformance const& expected) {
  EXPECT_EQ(names_of(module.parameters()), expected.parameters);
  EXPECT_EQ(names_of(module.buffers()), expected.buffers);
  EXPECT_EQ(module.state().size(), expected.parameters.size() + expected.buffers.size());
  for (auto const& t : module.parameters()) EXPECT_TRUE(t.tensor.requires_gradient()) << t.name;
  for (auto const& t : module.buffers()) EXPECT_FALSE(t.tensor.requires_gradient()) << t.name;
}

/// Training moves buffers, all of them; inference moves nothing and repeats itself; neither touches parameters.
void expect_modes(nn::Module& module, Tensor const& x) {
  EXPECT_TRUE(module.training());
  auto const parameters = values_of(module.parameters()), buffers = values_of(module.buffers());
  module(x);
  auto const moved = values_of(module.buffers());
  for (std::size_t i = 0; i < moved.size(); ++i) EXPECT_NE(moved[i], buffers[i]) << module.buffers()[i].name;

  module.set_training(false);
  EXPECT_FALSE(module.training());
  std::vector<f32> const y = module(x).to_vector<f32>();
  EXPECT_TRUE(equal(module(x).to_vector<f32>(), y)) << "inference does not repeat itself";
  EXPECT_EQ(values_of(module.buffers()), moved) << "inference moved a buffer";
  EXPECT_EQ(values_of(module.parameters()), parameters) << "a forward pass changed a parameter";
}

/// Another module with this one's file of weights gives the same bits.
void expect_state_round_trip(nn::Module& module, nn::Module& other, Tensor const& x) {
  auto const path = std::filesystem::temp_directory_path() / ("heddle-conformance-" + std::to_string(::getpid()));
  nn::save_weights(module, path);
  nn::load_weights(other, path);
  std::filesystem::remove(path);
  EXPECT_EQ(values_of(other.state()), values_of(module.state()));
  module.set_training(false);
  other.set_training(false);
  EXPECT_TRUE(equal(other(x).to_vector<f32>(), module(x).to_vector<f32>()));
}

}  // namespace

void expect_conforms(Conformance const& expected) {
  Generator generator = {.seed = 1}, same = {.seed = 1}, different = {.seed = 2};
  auto const module = expected.make(generator), twin = expected.make(same), other = expected.make(different);
  Tensor const x = spaced_values(expected.x);
  EXPECT_FALSE(module->kind().empty());
  EXPECT_EQ(values_of(twin->state()), values_of(module->state())) << "one seed must give one set of values";
  expect_names(*module, expected);
  EXPECT_EQ((*module)(x).shape(), expected.y);
  if (expected.differences) expect_gradients(module, expected.x);
  expect_modes(*twin, x);
  expect_state_round_trip(*module, *other, x);
}

}  // namespace heddle::testing
