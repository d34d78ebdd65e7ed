// Normalisation of the last axis (Ba, Kiros, Hinton 2016).
#pragma once

#include "nn/module.h"

namespace heddle::nn {

/// x [..., columns] -> the same shape, with "weight" and "bias" [columns].
class LayerNorm final : public Module {
 public:
  explicit LayerNorm(i64 columns, f32 epsilon = 1e-5f);

  std::string_view kind() const override { return "LayerNorm"; }
  std::string details() const override { return std::to_string(weight_.size(0)); }

 protected:
  Tensor forward(Tensor const& x) override;

 private:
  f32 epsilon_;
  Tensor weight_, bias_;
};

}  // namespace heddle::nn
