#include "nn/residual.h"

namespace heddle::nn {
namespace {

std::shared_ptr<Conv2d> conv3x3(i64 c, i64 k, i64 stride, Generator& generator) {
  return std::make_shared<Conv2d>(c, k, 3, generator, ConvOptions{.stride = stride, .padding = 1, .bias = false});
}

std::shared_ptr<Conv2d> conv1x1(i64 c, i64 k, i64 stride, Generator& generator) {
  return std::make_shared<Conv2d>(c, k, 1, generator, ConvOptions{.stride = stride, .bias = false});
}

std::shared_ptr<Sequential> projection(i64 c, i64 k, i64 stride, Generator& generator) {
  auto result = std::make_shared<Sequential>();
  result->add(conv1x1(c, k, stride, generator)).add(std::make_shared<BatchNorm2d>(k));
  return result;
}

}  // namespace

BasicBlock::BasicBlock(i64 c, i64 width, i64 stride, Generator& generator) {
  conv1_ = add_module("conv1", conv3x3(c, width, stride, generator));
  bn1_ = add_module("bn1", std::make_shared<BatchNorm2d>(width));
  conv2_ = add_module("conv2", conv3x3(width, width, 1, generator));
  bn2_ = add_module("bn2", std::make_shared<BatchNorm2d>(width));
  if (stride != 1 || c != width) downsample_ = add_module("downsample", projection(c, width, stride, generator));
}

Tensor BasicBlock::forward(Tensor const& x) {
  Tensor y = (*bn1_)((*conv1_)(x), Activation::relu);
  y = (*conv2_)(y);
  return (*bn2_)(y, Activation::relu, downsample_ ? (*downsample_)(x) : x);
}

Bottleneck::Bottleneck(i64 c, i64 width, i64 stride, Generator& generator) {
  i64 const k = expansion * width;
  conv1_ = add_module("conv1", conv1x1(c, width, 1, generator));
  bn1_ = add_module("bn1", std::make_shared<BatchNorm2d>(width));
  conv2_ = add_module("conv2", conv3x3(width, width, stride, generator));
  bn2_ = add_module("bn2", std::make_shared<BatchNorm2d>(width));
  conv3_ = add_module("conv3", conv1x1(width, k, 1, generator));
  bn3_ = add_module("bn3", std::make_shared<BatchNorm2d>(k));
  if (stride != 1 || c != k) downsample_ = add_module("downsample", projection(c, k, stride, generator));
}

Tensor Bottleneck::forward(Tensor const& x) {
  Tensor y = (*bn1_)((*conv1_)(x), Activation::relu);
  y = (*bn2_)((*conv2_)(y), Activation::relu);
  y = (*conv3_)(y);
  return (*bn3_)(y, Activation::relu, downsample_ ? (*downsample_)(x) : x);
}

}  // namespace heddle::nn
