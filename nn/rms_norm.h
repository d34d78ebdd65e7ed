// Root mean square normalisation of the last axis (Zhang, Sennrich 2019).
#pragma once

#include "nn/module.h"

namespace heddle::nn {

/// x [..., columns] -> the same shape, with "weight" [columns].
class RmsNorm final : public Module {
 public:
  explicit RmsNorm(i64 columns, f32 epsilon = 1e-6f);

  std::string_view kind() const override { return "RmsNorm"; }
  std::string details() const override { return std::to_string(weight_.size(0)); }

 protected:
  Tensor forward(Tensor const& x) override;

 private:
  f32 epsilon_;
  Tensor weight_;
};

}  // namespace heddle::nn
