// Group normalisation of NHWC activations (Wu, He 2018).
#pragma once

#include "nn/module.h"

namespace heddle::nn {

/// x [n, h, w, c] -> the same shape, with "weight" and "bias" [c]. `groups` divides c.
class GroupNorm final : public Module {
 public:
  GroupNorm(i64 groups, i64 c, f32 epsilon = 1e-5f);

  std::string_view kind() const override { return "GroupNorm"; }
  std::string details() const override {
    return std::to_string(groups_) + " groups of " + std::to_string(weight_.size(0) / groups_);
  }

 protected:
  Tensor forward(Tensor const& x) override;

 private:
  i64 groups_;
  f32 epsilon_;
  Tensor weight_, bias_;
};

}  // namespace heddle::nn
