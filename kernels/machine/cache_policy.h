// What the second-level cache is told about the data of an access.
#pragma once

#include "kernels/core/types.h"

namespace heddle {

/// The operands of .L2::cache_hint, as createpolicy.fractional gives them for the whole of an access.
enum class CachePolicy : u64 {
  evict_normal = 0x1000000000000000,
  evict_first = 0x12F0000000000000,  // read or written once
  evict_last = 0x14F0000000000000,   // read again by other blocks
};

}  // namespace heddle
