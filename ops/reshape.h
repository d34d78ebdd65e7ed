// Other shapes of the same elements.
#pragma once

#include "ops/tensor.h"

namespace heddle::ops {

/// The elements under another shape of the same count.
Tensor reshape(Tensor const& x, Shape const& shape);
/// [n, …] -> [n, product of the rest].
Tensor flatten(Tensor const& x);

}  // namespace heddle::ops
