// A linear map of the last axis.
#pragma once

#include "nn/module.h"
#include "ops/generator.h"

namespace heddle::nn {

/// x [..., in] -> [..., out], with "weight" [out, in] and, if asked for, "bias" [out].
class Linear final : public Module {
 public:
  /// Weights start as PyTorch's do. Throws an Error unless sizes are positive.
  Linear(i64 in, i64 out, Generator& generator, bool bias = true);

  std::string_view kind() const override { return "Linear"; }
  std::string details() const override;
  i64 macs(Shape const& x, Shape const& y) const override;

 protected:
  Tensor forward(Tensor const& x) override;

 private:
  Tensor weight_, bias_;
};

}  // namespace heddle::nn
