// Batch normalisation of NHWC activations (Ioffe, Szegedy 2015).
#pragma once

#include "kernels/core/activation.h"
#include "nn/module.h"

namespace heddle::nn {

/// x [n, h, w, c] -> the same shape, with "weight" and "bias" [c], and the buffers "running_mean" and "running_var".
/// In training mode it takes the statistics of the batch and moves the running ones by `momentum`; in inference mode
/// it takes the running ones, and passes no gradient.
class BatchNorm2d final : public Module {
 public:
  explicit BatchNorm2d(i64 c, f32 epsilon = 1e-5f, f32 momentum = 0.1f);

  using Module::operator();
  /// activation(norm(x) + residual) in one pass; the residual, of the shape of x, may be undefined.
  Tensor operator()(Tensor const& x, Activation activation, Tensor const& residual = {});

  std::string_view kind() const override { return "BatchNorm2d"; }
  std::string details() const override { return std::to_string(weight_.size(0)); }

 protected:
  Tensor forward(Tensor const& x) override;

 private:
  struct Fused {
    Activation activation = Activation::none;
    Tensor residual;
  };

  f32 epsilon_, momentum_;
  Fused fused_;  // into the next call of forward
  Tensor weight_, bias_, running_mean_, running_variance_;
};

}  // namespace heddle::nn
