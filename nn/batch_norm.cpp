#include "nn/batch_norm.h"

#include <utility>

#include "kernels/core/error.h"
#include "ops/norm.h"

namespace heddle::nn {

BatchNorm2d::BatchNorm2d(i64 c, f32 epsilon, f32 momentum) : epsilon_(epsilon), momentum_(momentum) {
  check(c > 0, "[BatchNorm2d] channels must be positive: c=", c);
  weight_ = add_parameter("weight", Tensor::full({c}, 1));
  bias_ = add_parameter("bias", Tensor::full({c}, 0));
  running_mean_ = add_buffer("running_mean", Tensor::full({c}, 0));
  running_variance_ = add_buffer("running_var", Tensor::full({c}, 1));
}

Tensor BatchNorm2d::operator()(Tensor const& x, Activation activation, Tensor const& residual) {
  fused_ = {activation, residual};
  return (*this)(x);
}

Tensor BatchNorm2d::forward(Tensor const& x) {
  auto const [activation, residual] = std::exchange(fused_, {});
  if (training())
    return ops::batch_norm_training(x, weight_, bias_, running_mean_, running_variance_, momentum_, epsilon_,
                                    activation, residual);
  return ops::batch_norm_inference(x, weight_, bias_, running_mean_, running_variance_, epsilon_, activation, residual);
}

}  // namespace heddle::nn
