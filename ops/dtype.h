// What is to be known of the type of a Tensor's elements.
#pragma once

#include <cstddef>
#include <string_view>

#include "kernels/core/dtype.h"

namespace heddle {

/// "f32", "bf16", …
std::string_view name(DType dtype);
/// Bytes of one element.
std::size_t size_bytes(DType dtype);

}  // namespace heddle
