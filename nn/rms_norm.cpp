#include "nn/rms_norm.h"

#include "kernels/core/error.h"
#include "ops/norm.h"

namespace heddle::nn {

RmsNorm::RmsNorm(i64 columns, f32 epsilon) : epsilon_(epsilon) {
  check(columns > 0, "[RmsNorm] columns must be positive: ", columns);
  weight_ = add_parameter("weight", Tensor::full({columns}, 1));
}

Tensor RmsNorm::forward(Tensor const& x) { return ops::rms_norm(x, weight_, epsilon_); }

}  // namespace heddle::nn
