// Dropout, its relatives and DropConnect as modules: what they drop, when, and which random numbers they take.
#include "nn/dropout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "nn/drop_connect.h"
#include "nn/sequential.h"
#include "ops/linear.h"
#include "ops/reshape.h"
#include "ops/tape.h"
#include "tests/support/compare.h"
#include "tests/support/conformance.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"

namespace heddle::testing {
namespace {

constexpr auto units = {ops::DropoutUnit::element, ops::DropoutUnit::channel, ops::DropoutUnit::sample};

TEST(Dropout, Conforms) {
  for (auto const unit : units)
    expect_conforms({.make = [=](Generator& g) { return std::make_shared<nn::Dropout>(0.3f, g, unit); },
                     .x = {3, 2, 5},
                     .y = {3, 2, 5},
                     .parameters = {},
                     .differences = false});
  expect_conforms({.make = [](Generator& g) { return std::make_shared<nn::DropConnect>(5, 3, 0.3f, g); },
                   .x = {4, 5},
                   .y = {4, 3},
                   .parameters = {"weight", "bias"},
                   .differences = false});
}

TEST(Dropout, DropsWholeUnitsAndScalesTheRest) {
  // Of x [8, 4, 16]: how many elements share their fate, and how far apart they are.
  for (auto const unit : units) {
    Generator generator = {.seed = 4};
    nn::Dropout dropout(0.5f, generator, unit);
    std::vector<f32> const y = dropout(Tensor::full({8, 4, 16}, 3)).to_vector<f32>();
    EXPECT_EQ(std::set(y.begin(), y.end()), (std::set<f32>{0, 6}));
    auto const at = [&](i64 n, i64 p, i64 c) { return y[static_cast<std::size_t>((n * 4 + p) * 16 + c)]; };
    bool same_sample = true, same_channel = true;
    for (i64 n = 0; n < 8; ++n)
      for (i64 p = 0; p < 4; ++p)
        for (i64 c = 0; c < 16; ++c) {
          same_sample &= at(n, p, c) == at(n, 0, 0);
          same_channel &= at(n, p, c) == at(n, 0, c);
        }
    EXPECT_EQ(same_sample, unit == ops::DropoutUnit::sample);
    EXPECT_EQ(same_channel, unit != ops::DropoutUnit::element);
  }
}

TEST(Dropout, TheGradientIsDroppedLikeTheValue) {
  for (auto const unit : units) {
    Generator generator = {.seed = 4};
    nn::Dropout dropout(0.5f, generator, unit);
    std::vector<f32> const weight = uniform(8 * 3 * 6, 5);
    Tensor const x = Tensor::full({8, 3, 6}, 1).set_requires_gradient(true);
    Tape tape;
    Tensor const y = dropout(x);
    tape.backward(ops::linear(ops::reshape(y, {1, y.count()}), Tensor::from(weight, {1, y.count()})));
    std::vector<f32> expected = y.to_vector<f32>();  // the factors, since x is 1
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] *= weight[i];
    EXPECT_TRUE(equal(x.gradient().to_vector<f32>(), expected));
  }
}

TEST(Dropout, EachCallAndEachModuleDrawsItsOwnNumbersOnAnyDevice) {
  Generator generator = {.seed = 4}, same = {.seed = 4};
  nn::Dropout first(0.5f, generator), second(0.5f, generator), twin(0.5f, same);
  Tensor const x = Tensor::full({500}, 1);
  auto const a = first(x).to_vector<f32>(), b = first(x).to_vector<f32>();
  EXPECT_NE(a, b);
  EXPECT_NE(second(x).to_vector<f32>(), a);
  EXPECT_EQ(twin(x.to(Device::emulated)).to_vector<f32>(), a);
  first.set_training(false);
  EXPECT_TRUE(first(x).is(x)) << "inference must be the identity";
  twin(x);
  EXPECT_EQ(*first.generators()[0].generator, *twin.generators()[0].generator) << "inference must take no numbers";
}

TEST(Dropout, RateZeroKeepsAndRateOneDropsEverything) {
  Generator generator;
  Tensor const x = Tensor::full({300}, 2);
  EXPECT_EQ(nn::Dropout(0, generator)(x).to_vector<f32>(), x.to_vector<f32>());
  EXPECT_EQ(nn::Dropout(1, generator)(x).to_vector<f32>(), std::vector<f32>(300, 0));
  EXPECT_EQ(error_of([&] { nn::Dropout(1.5f, generator); }), "[Dropout] rate must be between 0 and 1: rate=1.5");
  EXPECT_EQ(error_of([&] { nn::DropConnect(2, 3, -1, generator); }),
            "[DropConnect] rate must be between 0 and 1: rate=-1");
  EXPECT_EQ(error_of([&] { nn::DropConnect(2, 0, 0.5f, generator); }),
            "[DropConnect] sizes must be positive: in=2, out=0");
}

TEST(DropConnect, DropsWeightsAndTheirGradientsAlike) {
  Generator generator = {.seed = 6};
  nn::DropConnect layer(8, 5, 0.5f, generator);
  Tensor const weight = layer.parameters()[0].tensor, bias = layer.parameters()[1].tensor;
  std::fill_n(weight.data<f32>(), weight.count(), 1.0f);
  std::fill_n(bias.data<f32>(), bias.count(), 0.0f);

  // Each column of the unit matrix gives the weights of one input.
  std::vector<f32> unit(64);
  for (std::size_t i = 0; i < 8; ++i) unit[9 * i] = 1;
  Tape tape;
  Tensor const y = layer(Tensor::from(unit, {8, 8}));
  auto const dropped = y.to_vector<f32>();  // [in, out]
  EXPECT_EQ(std::set(dropped.begin(), dropped.end()), (std::set<f32>{0, 2}));
  tape.backward(ops::linear(ops::reshape(y, {1, 40}), Tensor::full({1, 40}, 3)));
  auto const gradient = weight.gradient().to_vector<f32>();  // [out, in]
  for (std::size_t i = 0; i < 8; ++i)
    for (std::size_t o = 0; o < 5; ++o) EXPECT_EQ(gradient[o * 8 + i], 3 * dropped[i * 5 + o]);

  layer.set_training(false);
  EXPECT_EQ(layer(Tensor::from(unit, {8, 8})).to_vector<f32>(), std::vector<f32>(40, 1));
}

TEST(Dropout, AModelNamesItsGenerators) {
  Generator generator;
  auto inner = std::make_shared<nn::Sequential>();
  inner->add(std::make_shared<nn::Dropout>(0.5f, generator));
  nn::Sequential model;
  model.add("body", inner).add("drop", std::make_shared<nn::Dropout>(0.5f, generator));
  auto const generators = model.generators();
  ASSERT_EQ(generators.size(), 2u);
  EXPECT_EQ(generators[0].name, "body.0.generator");
  EXPECT_EQ(generators[1].name, "drop.generator");
  EXPECT_NE(generators[0].generator->seed, generators[1].generator->seed);
  EXPECT_TRUE(model.state().empty());
}

}  // namespace
}  // namespace heddle::testing
