// Two small residual networks against PyTorch in double precision: tests/fixtures/nn.py.
#include "nn/models/resnet.h"

#include <gtest/gtest.h>

#include <cmath>

#include "nn/weights.h"
#include "ops/cross_entropy.h"
#include "ops/tape.h"
#include "tests/support/compare.h"
#include "tests/support/fixture.h"

namespace heddle::testing {
namespace {

struct Case {
  char const* name;
  nn::ResNetConfig config;
  i64 classes;
};

Case const cases[] = {
    {"basic", {.block = nn::ResidualBlock::basic, .width = 4, .blocks = {1, 2}}, 5},
    {"bottleneck", {.block = nn::ResidualBlock::bottleneck, .width = 2, .blocks = {1, 1, 1}, .large_stem = true}, 4},
};

class ResNetAgainstPyTorch : public ::testing::TestWithParam<Case> {
 protected:
  ResNetAgainstPyTorch() {
    Generator generator;
    model_ = std::make_shared<nn::ResNet>(GetParam().config, 3, GetParam().classes, generator);
    nn::load_weights(*model_, std::string(HEDDLE_FIXTURES) + "/nn_" + GetParam().name + ".safetensors");
  }

  Tensor expected(std::string const& name) const { return file_.at(std::string(GetParam().name) + "/" + name); }

  /// Some 14 layers, each of which rounds sums of up to 150 products in f32: errors of some hundred units of 2^-24 of
  /// the largest value; normalisation over a dozen values amplifies them about tenfold.
  void expect_close(Tensor const& actual, std::string const& name) const {
    std::vector<f32> const reference = expected(name).to_vector<f32>();
    f32 largest = 0;
    for (f32 const value : reference) largest = std::max(largest, std::abs(value));
    EXPECT_EQ(actual.shape(), expected(name).shape()) << name;
    EXPECT_TRUE(within(actual.to_vector<f32>(), reference, close_bound(0, 2000 * 0x1p-24 * largest))) << name;
  }

  nn::TensorFile const file_ = fixture("nn");
  std::shared_ptr<nn::ResNet> model_;
};

TEST_P(ResNetAgainstPyTorch, Infers) {
  model_->set_training(false);
  expect_close((*model_)(expected("x")), "inference_logits");
}

TEST_P(ResNetAgainstPyTorch, TakesATrainingStep) {
  Tensor x = expected("x");
  x.set_requires_gradient(true);
  Tape tape;
  Tensor const logits = (*model_)(x);
  Tensor const loss = ops::cross_entropy(logits, expected("label"));
  tape.backward(loss);

  expect_close(logits, "logits");
  expect_close(loss.view({1}), "loss");
  expect_close(x.gradient(), "dx");
  for (auto const& [name, tensor] : model_->parameters()) {
    Tensor const gradient = tensor.gradient();
    ASSERT_TRUE(gradient.defined()) << name;
    expect_close(gradient.shape().rank() == 4 ? nn::krsc_to_oihw(gradient) : gradient, "gradient/" + name);
  }
  for (auto const& [name, tensor] : model_->buffers()) expect_close(tensor, "after/" + name);
}

INSTANTIATE_TEST_SUITE_P(Networks, ResNetAgainstPyTorch, ::testing::ValuesIn(cases),
                         [](auto const& instance) { return instance.param.name; });

}  // namespace
}  // namespace heddle::testing
