// Instance normalisation of NHWC activations (Ulyanov, Vedaldi, Lempitsky 2016): group normalisation with groups of one
// channel.
#pragma once

#include "nn/module.h"

namespace heddle::nn {

/// x [n, h, w, c] -> the same shape: each channel of each image with mean 0 and variance 1. With `affine`, "weight" and
/// "bias" [c] follow; without it, as in PyTorch's default, there are no parameters.
class InstanceNorm2d final : public Module {
 public:
  explicit InstanceNorm2d(i64 c, bool affine = false, f32 epsilon = 1e-5f);

  std::string_view kind() const override { return "InstanceNorm2d"; }
  std::string details() const override { return std::to_string(channels_); }

 protected:
  Tensor forward(Tensor const& x) override;

 private:
  i64 channels_;
  f32 epsilon_;
  Tensor weight_, bias_;  // undefined without `affine`
};

}  // namespace heddle::nn
