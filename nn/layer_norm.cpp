#include "nn/layer_norm.h"

#include "kernels/core/error.h"
#include "ops/norm.h"

namespace heddle::nn {

LayerNorm::LayerNorm(i64 columns, f32 epsilon) : epsilon_(epsilon) {
  check(columns > 0, "[LayerNorm] columns must be positive: ", columns);
  weight_ = add_parameter("weight", Tensor::full({columns}, 1));
  bias_ = add_parameter("bias", Tensor::full({columns}, 0));
}

Tensor LayerNorm::forward(Tensor const& x) { return ops::layer_norm(x, weight_, bias_, epsilon_); }

}  // namespace heddle::nn
