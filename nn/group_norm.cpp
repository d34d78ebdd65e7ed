#include "nn/group_norm.h"

#include "kernels/core/error.h"
#include "ops/norm.h"

namespace heddle::nn {

GroupNorm::GroupNorm(i64 groups, i64 c, f32 epsilon) : groups_(groups), epsilon_(epsilon) {
  check(groups > 0 && c > 0 && c % groups == 0, "[GroupNorm] groups must divide channels: c=", c, ", groups=", groups);
  weight_ = add_parameter("weight", Tensor::full({c}, 1));
  bias_ = add_parameter("bias", Tensor::full({c}, 0));
}

Tensor GroupNorm::forward(Tensor const& x) { return ops::group_norm(x, weight_, bias_, groups_, epsilon_); }

}  // namespace heddle::nn
