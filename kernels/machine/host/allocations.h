// The global memory of the emulator: heap memory with a margin on both sides, so that accesses beyond it are known.
#pragma once

#include <optional>
#include <span>

#include "kernels/core/types.h"

namespace heddle::emulated {

/// The allocation in which, or in whose margins, an address lies. The margins are 4 KB long; under AddressSanitizer
/// there are none, because it watches the ends itself.
std::optional<std::span<u8 const>> allocation_near(void const* address);

}  // namespace heddle::emulated
