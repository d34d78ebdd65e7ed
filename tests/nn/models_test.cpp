// The models of the registry: shapes, sizes known from the literature, and that each can learn.
#include <gtest/gtest.h>

#include <algorithm>

#include "nn/models/registry.h"
#include "nn/summary.h"
#include "ops/cross_entropy.h"
#include "ops/optimizer.h"
#include "ops/tape.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"

namespace heddle::testing {
namespace {

using nn::ImageShape;

std::shared_ptr<nn::Module> make(std::string const& name, ImageShape const& image, i64 classes) {
  Generator generator = {.seed = 1};
  return nn::make_model(name, image, classes, generator);
}

Tensor images(i64 n, ImageShape const& image) {
  return Tensor::from(uniform(n * image.h * image.w * image.c, 5), {n, image.h, image.w, image.c});
}

i64 parameter_count(nn::Module const& module) {
  i64 count = 0;
  for (auto const& t : module.parameters()) count += t.tensor.count();
  return count;
}

/// Inference takes any number of images of both data sets, and an image's logits do not depend on its neighbours.
TEST(Models, MapImagesToLogits) {
  for (std::string const name : {"speedy", "lenet5", "vgg-small", "resnet8", "resnet18"}) {
    for (ImageShape const image : {ImageShape{28, 28, 1}, ImageShape{32, 32, 3}}) {
      SCOPED_TRACE(name + " " + std::to_string(image.h));
      auto const model = make(name, image, 10);
      model->set_training(false);
      Tensor const x = images(2, image);
      Tensor const y = (*model)(x);
      EXPECT_EQ(y.shape(), Shape({2, 10}));
      EXPECT_EQ((*model)(x.rows(1, 2)).to_vector<f32>(), y.rows(1, 2).to_vector<f32>());
    }
  }
}

/// Every parameter gets a gradient, and steps along them lower the loss of one batch.
TEST(Models, Learn) {
  ImageShape const image = {28, 28, 1};
  Tensor const x = images(4, image), label = Tensor::from(std::vector<i32>{0, 1, 2, 3}, {4});
  for (std::string const name : {"speedy", "lenet5", "vgg-small", "resnet8"}) {
    SCOPED_TRACE(name);
    auto const model = make(name, image, 10);
    std::vector<f32> losses;
    for (int step = 0; step < 6; ++step) {
      Tape tape;
      Tensor const loss = ops::cross_entropy((*model)(x), label);
      tape.backward(loss);
      losses.push_back(loss.item<f32>());
      std::vector<ops::SgdParameter> parameters;
      for (auto& [parameter_name, tensor] : model->parameters()) {
        ASSERT_TRUE(tensor.gradient().defined()) << parameter_name;
        parameters.push_back({.parameter = tensor, .gradient = tensor.gradient()});
      }
      ops::sgd_step(parameters, {}, ops::make_step_state({.learning_rate = 0.05f}, Device::cpu));
      model->clear_gradients();
    }
    EXPECT_LT(losses.back(), losses.front() - 0.05f);
  }
}

/// Filters, normalisations, projections and the last linear map of a CIFAR ResNet, added up by hand.
i64 resnet_cifar_parameters(i64 n, i64 c, i64 classes) {
  auto const block = [](i64 in, i64 out) { return 9 * in * out + 9 * out * out + 4 * out; };
  auto const projection = [](i64 in, i64 out) { return in * out + 2 * out; };
  i64 const stem = 9 * c * 16 + 2 * 16;
  i64 const first = n * block(16, 16);
  i64 const second = block(16, 32) + (n - 1) * block(32, 32) + projection(16, 32);
  i64 const third = block(32, 64) + (n - 1) * block(64, 64) + projection(32, 64);
  return stem + first + second + third + 64 * classes + classes;
}

TEST(Models, HaveTheParametersOfTheLiterature) {
  EXPECT_EQ(resnet_cifar_parameters(3, 3, 10), 269'722 + 2'752) << "the paper's 0.27 M, and the projections";
  for (i64 const n : {1, 2, 3, 5, 7, 9, 18}) {
    auto const model = make("resnet" + std::to_string(6 * n + 2), {32, 32, 3}, 10);
    EXPECT_EQ(parameter_count(*model), resnet_cifar_parameters(n, 3, 10)) << n;
  }
  EXPECT_EQ(parameter_count(*make("lenet5", {32, 32, 1}, 10)), 61'706);
  EXPECT_EQ(parameter_count(*make("resnet50", {224, 224, 3}, 1000)), 25'557'032) << "torchvision's count";
}

/// Names, parameters and multiply-adds as torchvision counts them.
TEST(Models, ResNet18IsThatOfTorchvision) {
  auto const model = make("resnet18", {224, 224, 3}, 1000);
  std::vector<std::string> names;
  for (auto const& t : model->state()) names.push_back(t.name);
  ASSERT_EQ(names.size(), 102);
  std::vector<std::string> const first = {"conv1.weight",     "bn1.weight",      "bn1.bias",
                                          "bn1.running_mean", "bn1.running_var", "layer1.0.conv1.weight"};
  EXPECT_TRUE(std::equal(first.begin(), first.end(), names.begin()));
  EXPECT_NE(std::ranges::find(names, "layer2.0.downsample.1.running_var"), names.end());
  EXPECT_EQ(names.back(), "fc.bias");
  nn::Summary const summary = nn::summarize(*model, {224, 224, 3});
  EXPECT_EQ(summary.parameters(), 11'689'512);
  EXPECT_EQ(summary.macs(), 1'814'073'344);
}

TEST(Models, RefuseUnknownNamesAndSmallImages) {
  EXPECT_EQ(error_of([] {
              make("resnet19", {32, 32, 3}, 10);
            }),
            "[model] unknown name \"resnet19\"; there are: speedy lenet5 vgg-small resnet8 resnet14 resnet20 resnet32 "
            "resnet44 resnet56 resnet110 resnet18 resnet34 resnet50");
  EXPECT_EQ(error_of([] {
              make("lenet5", {11, 28, 1}, 10);
            }),
            "[lenet5] images must be at least 12x12 with one channel: h=11, w=28, c=1");
  EXPECT_EQ(error_of([] { make("speedy", {32, 32, 3}, 0); }), "[speedy] classes must be positive: 0");
}

TEST(Summary, CountsMultiplyAdds) {
  auto const macs = [](std::string const& name, ImageShape const& image, i64 classes) {
    return nn::summarize(*make(name, image, classes), {image.h, image.w, image.c}).macs();
  };
  // 5x5 filters on 28x28 and 10x10 positions, and three matrices.
  EXPECT_EQ(macs("lenet5", {32, 32, 1}, 10), 28 * 28 * 6 * 25 + 10 * 10 * 16 * 150 + 400 * 120 + 120 * 84 + 84 * 10);
  // Stem; six convolutions a stage; two projections; the last matrix.
  EXPECT_EQ(macs("resnet20", {32, 32, 3}, 10), 1024 * 27 * 16 + 6 * 1024 * 144 * 16 + 256 * (144 + 5 * 288 + 16) * 32 +
                                                   64 * (288 + 5 * 576 + 32) * 64 + 640);
  EXPECT_LT(macs("speedy", {32, 32, 3}, 10), 6'000'000);
}

TEST(Summary, IsATable) {
  auto const model = make("lenet5", {28, 28, 1}, 10);
  std::string const text = nn::to_text(nn::summarize(*model, {28, 28, 1}));
  EXPECT_TRUE(model->training()) << "the mode must be restored";
  EXPECT_EQ(text, R"(name       kind                           output           parameters     MACs
------------------------------------------------------------------------------
(model)    Sequential                     [1, 10]
  conv1    Conv2d 1 -> 6, 5x5, padding 2  [1, 28, 28, 6]          156  117,600
  relu1    ReLU                           [1, 28, 28, 6]
  pool1    MaxPool2d 2x2, stride 2        [1, 14, 14, 6]
  conv2    Conv2d 6 -> 16, 5x5            [1, 10, 10, 16]       2,416  240,000
  relu2    ReLU                           [1, 10, 10, 16]
  pool2    MaxPool2d 2x2, stride 2        [1, 5, 5, 16]
  flatten  Flatten                        [1, 400]
  fc1      Linear 400 -> 120              [1, 120]             48,120   48,000
  relu3    ReLU                           [1, 120]
  fc2      Linear 120 -> 84               [1, 84]              10,164   10,080
  relu4    ReLU                           [1, 84]
  fc3      Linear 84 -> 10                [1, 10]                 850      840
------------------------------------------------------------------------------
total                                                          61,706  416,520
)");
}

}  // namespace
}  // namespace heddle::testing
