// The linear map of the last axis.
#pragma once

#include "ops/tensor.h"

namespace heddle::ops {

/// y = x * weight^T + bias: x [..., in], weight [out, in], bias [out] or undefined -> y [..., out].
Tensor linear(Tensor const& x, Tensor const& weight, Tensor const& bias = {});

}  // namespace heddle::ops
