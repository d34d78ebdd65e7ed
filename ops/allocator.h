// The memory of tensors: blocks are kept when a tensor ends and given to the next of about its size.
#pragma once

#include <cstddef>

#include "ops/device.h"

namespace heddle {

struct AllocatorStatistics {
  std::size_t used_bytes = 0;      // held by tensors now
  std::size_t peak_bytes = 0;      // the most held by tensors since the last reset
  std::size_t reserved_bytes = 0;  // taken from the device, kept blocks included
};

/// Memory of at least `bytes` on the device, aligned to 256 bytes; null for 0. Throws an Error that names the bytes
/// asked for and held when the device has no more, after kept blocks were returned to it.
void* allocate(Device device, std::size_t bytes);
/// Takes back what `allocate` returned.
void release(Device device, void* data, std::size_t bytes) noexcept;
AllocatorStatistics allocator_statistics(Device device);
void reset_peak(Device device);
/// Returns all kept blocks to the device.
void release_kept_blocks(Device device);

}  // namespace heddle
