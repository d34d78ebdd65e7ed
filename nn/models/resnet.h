// Residual networks (He et al. 2015, "Deep residual learning for image recognition"), named as torchvision names them.
#pragma once

#include <memory>
#include <vector>

#include "nn/batch_norm.h"
#include "nn/conv2d.h"
#include "nn/linear.h"
#include "nn/models/image_shape.h"
#include "nn/module.h"
#include "nn/pooling.h"
#include "nn/sequential.h"
#include "ops/generator.h"

namespace heddle::nn {

enum class ResidualBlock { basic, bottleneck };

struct ResNetConfig {
  ResidualBlock block = ResidualBlock::basic;
  i64 width = 64;           // of the stem and the first stage; each later stage is twice as wide and half as large
  std::vector<i64> blocks;  // in each stage
  bool large_stem = false;  // 7x7 stride 2 and a max pooling, instead of 3x3
};

/// Stem, stages "layer1", "layer2", …, mean over all positions, linear map "fc". Where a block changes the shape, its
/// shortcut is a projection (option B).
class ResNet final : public Module {
 public:
  ResNet(ResNetConfig const& config, i64 c, i64 classes, Generator& generator);

  std::string_view kind() const override { return "ResNet"; }

 protected:
  Tensor forward(Tensor const& x) override;

 private:
  std::shared_ptr<Conv2d> conv1_;
  std::shared_ptr<BatchNorm2d> bn1_;
  std::shared_ptr<MaxPool2d> maxpool_;  // null with the small stem
  std::vector<std::shared_ptr<Sequential>> stages_;
  std::shared_ptr<GlobalAveragePool> avgpool_;
  std::shared_ptr<Linear> fc_;
};

/// ResNet-18, -34 or -50, with the large stem for images of at least 64 pixels.
std::shared_ptr<Module> make_resnet(i64 layers, ImageShape const& image, i64 classes, Generator& generator);

}  // namespace heddle::nn
