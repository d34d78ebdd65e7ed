// The documented limits of tensor maps (CUDA driver API, cuTensorMapEncodeTiled and cuTensorMapEncodeIm2col), the same
// for both machines.
#pragma once

#include "kernels/machine/tensor_map.h"

namespace heddle {

/// Throw an Error that names the value and its limit.
void check_tensor(void const* address, TiledTensor const& tensor);
void check_tensor(void const* address, Im2colTensor const& tensor);

}  // namespace heddle
