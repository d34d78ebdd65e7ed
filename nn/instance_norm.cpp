#include "nn/instance_norm.h"

#include "kernels/core/error.h"
#include "ops/norm.h"

namespace heddle::nn {

InstanceNorm2d::InstanceNorm2d(i64 c, bool affine, f32 epsilon) : channels_(c), epsilon_(epsilon) {
  check(c > 0, "[InstanceNorm2d] channels must be positive: c=", c);
  if (!affine) return;
  weight_ = add_parameter("weight", Tensor::full({c}, 1));
  bias_ = add_parameter("bias", Tensor::full({c}, 0));
}

Tensor InstanceNorm2d::forward(Tensor const& x) {
  Tensor const weight = weight_.defined() ? weight_ : Tensor::full({channels_}, 1, x.device());
  Tensor const bias = bias_.defined() ? bias_ : Tensor::full({channels_}, 0, x.device());
  return ops::group_norm(x, weight, bias, channels_, epsilon_);
}

}  // namespace heddle::nn
