#include "nn/module.h"

#include <gtest/gtest.h>

#include "nn/activation.h"
#include "nn/layer_norm.h"
#include "nn/linear.h"
#include "nn/sequential.h"
#include "ops/elementwise.h"
#include "ops/tape.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

std::shared_ptr<nn::Sequential> two_linears() {
  Generator generator;
  auto inner = std::make_shared<nn::Sequential>();
  inner->add(std::make_shared<nn::Linear>(2, 3, generator)).add(std::make_shared<nn::Activate>(Activation::relu));
  auto model = std::make_shared<nn::Sequential>();
  model->add("body", inner).add("head", std::make_shared<nn::Linear>(3, 1, generator));
  return model;
}

TEST(Module, HandlesShareTheParameters) {
  auto const model = two_linears();
  Tensor const x = Tensor::full({1, 2}, 1);
  for (nn::NamedTensor& t : model->parameters()) t.tensor.fill_zero();
  EXPECT_EQ((*model)(x).item<f32>(), 0);
  EXPECT_TRUE(model->parameters()[0].tensor.is(model->parameters()[0].tensor));
}

TEST(Module, MovesToADeviceForAllHandles) {
  auto const model = two_linears();
  std::vector<nn::NamedTensor> const before = model->parameters();
  std::vector<f32> const weight = before[0].tensor.to_vector<f32>();
  model->to(Device::emulated);
  for (nn::NamedTensor const& t : before) {
    EXPECT_EQ(t.tensor.device(), Device::emulated) << t.name;
    EXPECT_TRUE(t.tensor.requires_gradient()) << t.name;
  }
  EXPECT_EQ(before[0].tensor.to_vector<f32>(), weight);
  model->to(Device::cpu);
  EXPECT_EQ((*model)(Tensor::full({1, 2}, 1)).device(), Device::cpu);
}

TEST(Module, ComputesWithRoundedCopiesOfItsWeights) {
  for (DType const type : {DType::f16, DType::bf16}) {
    auto const model = two_linears();
    model->add("norm", std::make_shared<nn::LayerNorm>(1));
    auto const parameters = model->parameters();
    model->compute_in(type);
    model->to(Device::emulated);
    std::vector<Tensor> const copies = model->copies();
    ASSERT_EQ(copies.size(), 6u);
    for (std::size_t i = 0; i < copies.size(); ++i) {
      EXPECT_EQ(parameters[i].tensor.dtype(), DType::f32);
      EXPECT_TRUE(model->parameters()[i].tensor.is(parameters[i].tensor));
      EXPECT_EQ(copies[i].defined(), i < 4) << "norms have none";
    }
    Tape tape;
    Tensor const y = (*model)(ops::cast(Tensor::full({1, 2}, 1, Device::emulated), type));
    EXPECT_EQ(y.dtype(), type);
    tape.backward(ops::cast(y, DType::f32));
    EXPECT_EQ(parameters[0].tensor.gradient().dtype(), type);
    EXPECT_EQ(parameters[4].tensor.gradient().dtype(), DType::f32);
    model->clear_gradients();
    EXPECT_FALSE(copies[0].gradient().defined()) << "there is one gradient, the parameter's";
  }
}

TEST(Module, CopiesFollowTheParametersWhenTold) {
  auto const model = two_linears();
  model->compute_in(DType::f16);
  Tensor weight = model->parameters()[0].tensor;
  weight.copy_from(Tensor::full(weight.shape(), 1 + 0x1p-12f));
  EXPECT_NE(static_cast<f32>(model->copies()[0].to_vector<f16>()[0]), 1);
  model->update_copies();
  EXPECT_EQ(static_cast<f32>(model->copies()[0].to_vector<f16>()[0]), 1);
  EXPECT_EQ(weight.to_vector<f32>()[0], 1 + 0x1p-12f);
  model->compute_in(DType::f32);
  EXPECT_FALSE(model->copies()[0].defined());
  EXPECT_EQ((*model)(Tensor::full({1, 2}, 1)).dtype(), DType::f32);
}

TEST(Module, ModeReachesTheWholeTree) {
  auto const model = two_linears();
  auto const leaf = std::make_shared<nn::Activate>(Activation::relu);
  model->add("last", leaf);
  model->set_training(false);
  EXPECT_FALSE(leaf->training());
  model->set_training(true);
  EXPECT_TRUE(leaf->training());
}

TEST(Module, ObserversHearOfCallsInTheOrderOfTheirEnds) {
  auto const model = two_linears();
  std::vector<std::string> outer, inner;
  Tensor const x = Tensor::full({4, 2}, 1);
  {
    nn::Module::Observation const all(
        *model, [&](std::string const& path, nn::Module& module, Tensor const& in, Tensor const& y) {
          outer.push_back(path + ":" + std::string(module.kind()) + to_string(in.shape()) + to_string(y.shape()));
        });
    auto const other = two_linears();
    nn::Module::Observation const another(
        *other, [&](std::string const& path, nn::Module&, Tensor const&, Tensor const&) { inner.push_back(path); });
    (*model)(x);
    EXPECT_TRUE(inner.empty()) << "told of a module that is not below its root";
    (*other)(x);
    EXPECT_EQ(inner, (std::vector<std::string>{"body.0", "body.1", "body", "head", ""}));
  }
  (*model)(x);
  EXPECT_EQ(outer, (std::vector<std::string>{"body.0:Linear[4, 2][4, 3]", "body.1:ReLU[4, 3][4, 3]",
                                             "body:Sequential[4, 2][4, 3]", "head:Linear[4, 3][4, 1]",
                                             ":Sequential[4, 2][4, 1]"}));
}

TEST(Module, RefusesNamesThatAFileCouldNotTellApart) {
  auto const leaf = std::make_shared<nn::Activate>(Activation::relu);
  nn::Sequential model;
  model.add("a", leaf);
  EXPECT_EQ(error_of([&] { model.add("a", leaf); }), "[module] the name \"a\" is taken");
  EXPECT_EQ(error_of([&] { model.add("a.b", leaf); }), "[module] the name \"a.b\" must have letters and no dot");
  EXPECT_EQ(error_of([&] { model.add("", leaf); }), "[module] the name \"\" must have letters and no dot");
  EXPECT_EQ(error_of([&] { model.add("b", nullptr); }), "[module] Sequential: module \"b\" is null");
}

}  // namespace
}  // namespace heddle::testing
