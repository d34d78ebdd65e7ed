#include "nn/models/resnet.h"

#include <algorithm>

#include "nn/init.h"
#include "nn/residual.h"

namespace heddle::nn {
namespace {

/// Appends `count` blocks, the first with the stride; returns the channels of the result.
template <class Block>
i64 add_blocks(Sequential& stage, i64 count, i64 c, i64 width, i64 stride, Generator& generator) {
  for (i64 i = 0; i < count; ++i) {
    stage.add(std::make_shared<Block>(c, width, i == 0 ? stride : 1, generator));
    c = Block::expansion * width;
  }
  return c;
}

}  // namespace

ResNet::ResNet(ResNetConfig const& config, i64 c, i64 classes, Generator& generator) {
  ConvOptions const stem = config.large_stem ? ConvOptions{.stride = 2, .padding = 3, .bias = false}
                                             : ConvOptions{.padding = 1, .bias = false};
  conv1_ = add_module("conv1", std::make_shared<Conv2d>(c, config.width, config.large_stem ? 7 : 3, generator, stem));
  bn1_ = add_module("bn1", std::make_shared<BatchNorm2d>(config.width));
  if (config.large_stem) maxpool_ = add_module("maxpool", std::make_shared<MaxPool2d>(3, 2, 1));

  i64 channels = config.width;
  for (std::size_t i = 0; i < config.blocks.size(); ++i) {
    auto const add = config.block == ResidualBlock::basic ? add_blocks<BasicBlock> : add_blocks<Bottleneck>;
    auto const stage = add_module("layer" + std::to_string(i + 1), std::make_shared<Sequential>());
    channels = add(*stage, config.blocks[i], channels, config.width << i, i == 0 ? 1 : 2, generator);
    stages_.push_back(stage);
  }
  avgpool_ = add_module("avgpool", std::make_shared<GlobalAveragePool>());
  fc_ = add_module("fc", std::make_shared<Linear>(channels, classes, generator));
  reset_filters(*this, generator);
}

Tensor ResNet::forward(Tensor const& x) {
  Tensor y = (*bn1_)((*conv1_)(x), Activation::relu);
  if (maxpool_) y = (*maxpool_)(y);
  for (auto const& stage : stages_) y = (*stage)(y);
  return (*fc_)((*avgpool_)(y));
}

std::shared_ptr<Module> make_resnet(i64 layers, ImageShape const& image, i64 classes, Generator& generator) {
  check(layers == 18 || layers == 34 || layers == 50, "[resnet] layers must be 18, 34 or 50: ", layers);
  check_image("resnet", image, 1, classes);
  ResNetConfig const config = {
      .block = layers == 50 ? ResidualBlock::bottleneck : ResidualBlock::basic,
      .width = 64,
      .blocks = layers == 18 ? std::vector<i64>{2, 2, 2, 2} : std::vector<i64>{3, 4, 6, 3},
      .large_stem = std::min(image.h, image.w) >= 64,
  };
  return std::make_shared<ResNet>(config, image.c, classes, generator);
}

}  // namespace heddle::nn
