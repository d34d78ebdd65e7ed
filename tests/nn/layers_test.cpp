// Every layer through the conformance checks, and the errors of their constructors.
#include <gtest/gtest.h>

#include "nn/activation.h"
#include "nn/batch_norm.h"
#include "nn/conv2d.h"
#include "nn/conv_transpose2d.h"
#include "nn/flatten.h"
#include "nn/group_norm.h"
#include "nn/instance_norm.h"
#include "nn/layer_norm.h"
#include "nn/linear.h"
#include "nn/pooling.h"
#include "nn/residual.h"
#include "nn/rms_norm.h"
#include "nn/sequential.h"
#include "tests/support/conformance.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

/// A maker of modules of type M from fixed arguments.
template <class M, class... Arguments>
auto maker(Arguments... arguments) {
  return [=](Generator&) -> std::shared_ptr<nn::Module> { return std::make_shared<M>(arguments...); };
}

TEST(Layers, Conv2d) {
  expect_conforms({.make = [](Generator& g) { return std::make_shared<nn::Conv2d>(2, 3, 3, g); },
                   .x = {2, 5, 4, 2},
                   .y = {2, 3, 2, 3},
                   .parameters = {"weight", "bias"}});
}

TEST(Layers, Conv2dWithAllOptions) {
  expect_conforms({.make =
                       [](Generator& g) {
                         nn::ConvOptions const options = {
                             .stride = 2, .padding = 1, .dilation = 2, .groups = 2, .bias = false};
                         return std::make_shared<nn::Conv2d>(4, 6, 3, g, options);
                       },
                   .x = {1, 7, 6, 4},
                   .y = {1, 3, 2, 6},
                   .parameters = {"weight"}});
}

TEST(Layers, ConvTranspose2d) {
  expect_conforms({.make =
                       [](Generator& g) {
                         nn::ConvOptions const options = {.stride = 2, .padding = 1, .groups = 2};
                         return std::make_shared<nn::ConvTranspose2d>(4, 6, 3, g, options, 1);
                       },
                   .x = {1, 3, 2, 4},
                   .y = {1, 6, 4, 6},
                   .parameters = {"weight", "bias"}});
}

TEST(Layers, Linear) {
  expect_conforms({.make = [](Generator& g) { return std::make_shared<nn::Linear>(5, 3, g); },
                   .x = {4, 5},
                   .y = {4, 3},
                   .parameters = {"weight", "bias"}});
}

TEST(Layers, LinearOfTheLastOfThreeAxes) {
  expect_conforms({.make = [](Generator& g) { return std::make_shared<nn::Linear>(5, 3, g, false); },
                   .x = {2, 3, 5},
                   .y = {2, 3, 3},
                   .parameters = {"weight"}});
}

TEST(Layers, BatchNorm2d) {
  expect_conforms({.make = maker<nn::BatchNorm2d>(3),
                   .x = {2, 3, 4, 3},
                   .y = {2, 3, 4, 3},
                   .parameters = {"weight", "bias"},
                   .buffers = {"running_mean", "running_var"}});
}

TEST(Layers, RmsNorm) {
  expect_conforms({.make = maker<nn::RmsNorm>(6), .x = {3, 2, 6}, .y = {3, 2, 6}, .parameters = {"weight"}});
}

TEST(Layers, GroupNorm) {
  for (i64 const groups : {1, 2, 6})
    expect_conforms({.make = [=](Generator&) { return std::make_shared<nn::GroupNorm>(groups, 6); },
                     .x = {2, 3, 4, 6},
                     .y = {2, 3, 4, 6},
                     .parameters = {"weight", "bias"}});
}

TEST(Layers, InstanceNorm2d) {
  expect_conforms({.make = maker<nn::InstanceNorm2d>(6), .x = {2, 3, 4, 6}, .y = {2, 3, 4, 6}, .parameters = {}});
  expect_conforms({.make = maker<nn::InstanceNorm2d>(6, true),
                   .x = {2, 3, 4, 6},
                   .y = {2, 3, 4, 6},
                   .parameters = {"weight", "bias"}});
  EXPECT_EQ(error_of([] { nn::InstanceNorm2d(0); }), "[InstanceNorm2d] channels must be positive: c=0");
}

// By the definition: in each channel of each image, mean 0 and variance 1.
TEST(Layers, InstanceNorm2dTakesEachChannelOfEachImage) {
  nn::InstanceNorm2d norm(2, true, 0);
  Tensor const weight = norm.parameters()[0].tensor, bias = norm.parameters()[1].tensor;
  weight.data<f32>()[1] = 2;
  bias.data<f32>()[1] = 5;
  Tensor const x = Tensor::from(std::vector<f32>{1, 10, 3, 30, -7, 0, -3, 2}, {2, 2, 1, 2});
  EXPECT_EQ(norm(x).to_vector<f32>(), (std::vector<f32>{-1, 3, 1, 7, -1, 3, 1, 7}));
}

TEST(Layers, LayerNorm) {
  expect_conforms({.make = maker<nn::LayerNorm>(6), .x = {3, 2, 6}, .y = {3, 2, 6}, .parameters = {"weight", "bias"}});
}

TEST(Layers, Activations) {
  for (Activation const activation :
       {Activation::none, Activation::relu, Activation::gelu_erf, Activation::gelu_tanh, Activation::silu}) {
    SCOPED_TRACE(nn::Activate(activation).kind());
    expect_conforms({.make = maker<nn::Activate>(activation), .x = {3, 7}, .y = {3, 7}, .parameters = {}});
  }
}

TEST(Layers, MaxPool2d) {
  expect_conforms({.make = maker<nn::MaxPool2d>(3, 2, 1), .x = {2, 5, 4, 2}, .y = {2, 3, 2, 2}, .parameters = {}});
}

TEST(Layers, AveragePool2d) {
  expect_conforms({.make = maker<nn::AveragePool2d>(2), .x = {2, 5, 4, 2}, .y = {2, 2, 2, 2}, .parameters = {}});
}

TEST(Layers, AdaptiveAveragePool2d) {
  expect_conforms(
      {.make = maker<nn::AdaptiveAveragePool2d>(2, 3), .x = {2, 5, 4, 2}, .y = {2, 2, 3, 2}, .parameters = {}});
  EXPECT_EQ(error_of([] { nn::AdaptiveAveragePool2d(0, 3); }),
            "[adaptive_average_pool] p and q must be positive: p=0, q=3");
}

TEST(Layers, GlobalAveragePool) {
  expect_conforms({.make = maker<nn::GlobalAveragePool>(), .x = {2, 3, 4, 2}, .y = {2, 2}, .parameters = {}});
}

TEST(Layers, Flatten) {
  expect_conforms({.make = maker<nn::Flatten>(), .x = {2, 3, 4, 2}, .y = {2, 24}, .parameters = {}});
}

TEST(Layers, Sequential) {
  expect_conforms({.make =
                       [](Generator& g) {
                         auto model = std::make_shared<nn::Sequential>();
                         model->add(std::make_shared<nn::Conv2d>(1, 2, 3, g, nn::ConvOptions{.bias = false}))
                             .add(std::make_shared<nn::BatchNorm2d>(2))
                             .add("act", std::make_shared<nn::Activate>(Activation::silu))
                             .add(std::make_shared<nn::Flatten>())
                             .add("fc", std::make_shared<nn::Linear>(12, 3, g));
                         return model;
                       },
                   .x = {3, 5, 4, 1},
                   .y = {3, 3},
                   .parameters = {"0.weight", "1.weight", "1.bias", "fc.weight", "fc.bias"},
                   .buffers = {"1.running_mean", "1.running_var"}});
}

TEST(Layers, BasicBlockWithIdentity) {
  expect_conforms({.make = [](Generator& g) { return std::make_shared<nn::BasicBlock>(4, 4, 1, g); },
                   .x = {2, 5, 4, 4},
                   .y = {2, 5, 4, 4},
                   .parameters = {"conv1.weight", "bn1.weight", "bn1.bias", "conv2.weight", "bn2.weight", "bn2.bias"},
                   .buffers = {"bn1.running_mean", "bn1.running_var", "bn2.running_mean", "bn2.running_var"},
                   .differences = false});
}

TEST(Layers, BottleneckWithProjection) {
  expect_conforms(
      {.make = [](Generator& g) { return std::make_shared<nn::Bottleneck>(4, 2, 2, g); },
       .x = {2, 5, 4, 4},
       .y = {2, 3, 2, 8},
       .parameters = {"conv1.weight", "bn1.weight", "bn1.bias", "conv2.weight", "bn2.weight", "bn2.bias",
                      "conv3.weight", "bn3.weight", "bn3.bias", "downsample.0.weight", "downsample.1.weight",
                      "downsample.1.bias"},
       .buffers = {"bn1.running_mean", "bn1.running_var", "bn2.running_mean", "bn2.running_var", "bn3.running_mean",
                   "bn3.running_var", "downsample.1.running_mean", "downsample.1.running_var"},
       .differences = false});
}

TEST(Layers, RefuseImpossibleSizes) {
  Generator g;
  EXPECT_EQ(error_of([&] { nn::Conv2d(30, 8, 3, g, {.groups = 4}); }),
            "[Conv2d] groups must divide c and k: c=30, k=8, groups=4");
  EXPECT_EQ(error_of([&] { nn::Conv2d(0, 8, 3, g); }), "[Conv2d] sizes must be positive: c=0, k=8, window=3");
  EXPECT_TRUE(error_of([&] { nn::Conv2d(1, 1, 3, g, {.stride = 0}); }).starts_with("[Conv2d] stride"));
  EXPECT_EQ(error_of([&] { nn::ConvTranspose2d(4, 2, 3, g, {.stride = 2}, 2); }),
            "[ConvTranspose2d] output padding must be at least 0 and below the stride: output_padding=2, stride=2");
  EXPECT_EQ(error_of([&] { nn::Linear(4, -1, g); }), "[Linear] sizes must be positive: in=4, out=-1");
  EXPECT_EQ(error_of([&] { nn::BatchNorm2d(0); }), "[BatchNorm2d] channels must be positive: c=0");
  EXPECT_EQ(error_of([&] { nn::GroupNorm(4, 6); }), "[GroupNorm] groups must divide channels: c=6, groups=4");
  EXPECT_TRUE(error_of([&] { nn::LayerNorm(0); }).starts_with("[LayerNorm]"));
  EXPECT_TRUE(error_of([&] { nn::RmsNorm(0); }).starts_with("[RmsNorm]"));
  EXPECT_TRUE(error_of([&] { nn::MaxPool2d(2, 2, 2); }).starts_with("[pool2d]"));
}

}  // namespace
}  // namespace heddle::testing
