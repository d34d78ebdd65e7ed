// All axes but the first as one.
#pragma once

#include "nn/module.h"
#include "ops/reshape.h"

namespace heddle::nn {

/// x [n, …] -> [n, product of the rest]. Of an NHWC activation that is the order (h, w, c), where PyTorch has (c, h,
/// w): a Linear that follows has its columns in that order, in memory and in files.
class Flatten final : public Module {
 public:
  std::string_view kind() const override { return "Flatten"; }

 protected:
  Tensor forward(Tensor const& x) override { return ops::flatten(x); }
};

}  // namespace heddle::nn
