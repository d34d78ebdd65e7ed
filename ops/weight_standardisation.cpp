#include "kernels/core/error.h"
#include "ops/norm.h"
#include "ops/reshape.h"

namespace heddle::ops {

Tensor weight_standardisation(Tensor const& w, f32 epsilon) {
  check(w.shape().rank() >= 2, "[weight_standardisation] needs filters [k, …]: ", w.shape());
  Tensor const filters = flatten(w);
  i64 const weights = filters.size(1);
  Tensor const ones = Tensor::full({weights}, 1, w.device()), zeros = Tensor::full({weights}, 0, w.device());
  return reshape(layer_norm(filters, ones, zeros, epsilon), w.shape());
}

}  // namespace heddle::ops
