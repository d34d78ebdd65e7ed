// The barrier in shared memory that counts arrivals and bytes (PTX ISA, mbarrier).
#pragma once

#include "kernels/core/types.h"

namespace heddle {

/// Opaque. Stands in SharedStorage and is made by mbarrier_init. A phase completes when the expected number of threads
/// has arrived and as many bytes as expected have been written; then the next one begins, of the other parity. The
/// first has parity 0.
struct MBarrier {
  u64 state;
};

/// Of one phase: arrivals, and the bytes by which expected and written ones may differ at any time.
constexpr u32 max_mbarrier_count = (1u << 20) - 1;
constexpr u32 max_mbarrier_bytes = (1u << 20) - 1;

}  // namespace heddle
