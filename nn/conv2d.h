// Two-dimensional convolution with learned filters.
#pragma once

#include "nn/module.h"
#include "ops/conv2d.h"
#include "ops/generator.h"

namespace heddle::nn {

/// The same along both axes.
struct ConvOptions {
  i64 stride = 1, padding = 0, dilation = 1, groups = 1;
  bool bias = true;
};

/// x [n, h, w, c] -> [n, p, q, k], with "weight" [k, r, s, c / groups] and, if asked for, "bias" [k].
class Conv2d final : public Module {
 public:
  /// `window` is both r and s. Weights start as PyTorch's do. Throws an Error unless sizes are positive and groups
  /// divide c and k.
  Conv2d(i64 c, i64 k, i64 window, Generator& generator, ConvOptions const& options = {});

  std::string_view kind() const override { return "Conv2d"; }
  std::string details() const override;
  i64 macs(Shape const& x, Shape const& y) const override;

 protected:
  Tensor forward(Tensor const& x) override;

 private:
  ops::Conv2dOptions options_;
  Tensor weight_, bias_;
};

}  // namespace heddle::nn
