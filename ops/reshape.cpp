#include "ops/reshape.h"

#include "kernels/core/error.h"
#include "ops/tape.h"

namespace heddle::ops {

Tensor reshape(Tensor const& x, Shape const& shape) {
  Tensor y = x.view(shape);
  Shape const before = x.shape();
  record("reshape", {x}, y, [before](Tensor const& dy) { return std::vector{dy.view(before)}; });
  return y;
}

Tensor flatten(Tensor const& x) {
  check(x.shape().rank() >= 1, "[flatten] needs an axis: ", x.shape());
  i64 rest = 1;
  for (int axis = 1; axis < x.shape().rank(); ++axis) rest *= x.size(axis);
  return reshape(x, {x.size(0), rest});
}

}  // namespace heddle::ops
