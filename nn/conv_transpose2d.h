// Two-dimensional transposed convolution with learned filters.
#pragma once

#include "nn/conv2d.h"
#include "ops/conv_transpose2d.h"

namespace heddle::nn {

/// x [n, p, q, k] -> [n, h, w, c], with "weight" [k, r, s, c / groups] and, if asked for, "bias" [c].
class ConvTranspose2d final : public Module {
 public:
  /// `window` is both r and s; output_padding is below the stride. Weights start as PyTorch's do. Throws an Error
  /// unless sizes are positive and groups divide k and c.
  ConvTranspose2d(i64 k, i64 c, i64 window, Generator& generator, ConvOptions const& options = {},
                  i64 output_padding = 0);

  std::string_view kind() const override { return "ConvTranspose2d"; }
  std::string details() const override;
  i64 macs(Shape const& x, Shape const& y) const override;

 protected:
  Tensor forward(Tensor const& x) override;

 private:
  ops::ConvTranspose2dOptions options_;
  Tensor weight_, bias_;
};

}  // namespace heddle::nn
