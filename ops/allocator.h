// The memory of tensors: blocks are kept when a tensor ends and given to the next of about its size.
#pragma once

#include <array>
#include <cstddef>

#include "ops/device.h"

namespace heddle {

/// What memory is held for.
enum class MemoryUse : u8 { other, data, weights, optimizer, gradients, activations };
inline constexpr std::size_t memory_uses = 6;

/// What this thread allocates in its scope is held for `use`; scopes nest.
class MemoryScope {
 public:
  explicit MemoryScope(MemoryUse use);
  ~MemoryScope();
  MemoryScope(MemoryScope const&) = delete;
  MemoryScope& operator=(MemoryScope const&) = delete;

  static MemoryUse current();

 private:
  MemoryUse outer_;
};

struct AllocatorStatistics {
  std::size_t used_bytes = 0;                          // held by tensors now
  std::size_t peak_bytes = 0;                          // the most held by tensors since the last reset
  std::size_t reserved_bytes = 0;                      // taken from the device, kept blocks included
  std::array<std::size_t, memory_uses> used_for = {};  // used_bytes by MemoryUse
};

/// Memory of at least `bytes` on the device, aligned to 256 bytes; null for 0. Throws an OutOfMemory that names the
/// bytes asked for and what is held when the device has no more, after kept blocks were returned to it.
void* allocate(Device device, std::size_t bytes, MemoryUse use);
/// Takes back what `allocate` returned.
void release(Device device, void* data, std::size_t bytes, MemoryUse use) noexcept;
/// From now on, the device has no more than so many bytes; 0: as many as there are.
void set_memory_limit(Device device, std::size_t bytes);
AllocatorStatistics allocator_statistics(Device device);
void reset_peak(Device device);
/// Returns all kept blocks to the device.
void release_kept_blocks(Device device);

}  // namespace heddle
