// A linear map of the last axis whose weights are dropped in training.
#pragma once

#include "nn/module.h"

namespace heddle::nn {

/// DropConnect (Wan et al. 2013): x [..., in] -> [..., out], with "weight" [out, in] and "bias" [out]. In training each
/// weight is zero with the probability `rate`, else divided by 1 - rate, other ones at each call and one choice for all
/// rows of a call; in inference mode it is the linear map of their mean, which are the weights.
class DropConnect final : public Module {
 public:
  /// Weights start as PyTorch's do for Linear. Throws an Error unless sizes are positive and the rate is in [0, 1].
  DropConnect(i64 in, i64 out, f32 rate, Generator& generator);

  std::string_view kind() const override { return "DropConnect"; }
  std::string details() const override;
  i64 macs(Shape const& x, Shape const& y) const override;

 protected:
  Tensor forward(Tensor const& x) override;

 private:
  f32 rate_;
  Tensor weight_, bias_;
  std::shared_ptr<Generator> generator_;
};

}  // namespace heddle::nn
