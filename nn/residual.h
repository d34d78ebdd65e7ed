// The residual blocks of He et al. 2015, "Deep residual learning for image recognition": y = relu(F(x) + shortcut(x)).
// Where F changes the shape, the shortcut is a projection: a 1x1 convolution with batch normalisation ("downsample",
// option B of the paper). The names are torchvision's.
#pragma once

#include <memory>

#include "nn/batch_norm.h"
#include "nn/conv2d.h"
#include "nn/module.h"
#include "nn/sequential.h"

namespace heddle::nn {

/// F = 3x3 (stride), 3x3: x [n, h, w, c] -> [n, h / stride, w / stride, width], sizes rounded up.
class BasicBlock final : public Module {
 public:
  static constexpr i64 expansion = 1;  // output channels / width

  BasicBlock(i64 c, i64 width, i64 stride, Generator& generator);

  std::string_view kind() const override { return "BasicBlock"; }

 protected:
  Tensor forward(Tensor const& x) override;

 private:
  std::shared_ptr<Conv2d> conv1_, conv2_;
  std::shared_ptr<BatchNorm2d> bn1_, bn2_;
  std::shared_ptr<Sequential> downsample_;  // null: the identity
};

/// F = 1x1, 3x3 (stride), 1x1: x [n, h, w, c] -> [n, h / stride, w / stride, 4 * width], sizes rounded up.
class Bottleneck final : public Module {
 public:
  static constexpr i64 expansion = 4;

  Bottleneck(i64 c, i64 width, i64 stride, Generator& generator);

  std::string_view kind() const override { return "Bottleneck"; }

 protected:
  Tensor forward(Tensor const& x) override;

 private:
  std::shared_ptr<Conv2d> conv1_, conv2_, conv3_;
  std::shared_ptr<BatchNorm2d> bn1_, bn2_, bn3_;
  std::shared_ptr<Sequential> downsample_;
};

}  // namespace heddle::nn
