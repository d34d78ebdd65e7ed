// The memory of a device, as a table of functions: what the allocator and the copies of `ops` stand on.
#pragma once

#include <cstddef>

#include "kernels/core/stream.h"
#include "kernels/core/types.h"

namespace heddle {

enum class CopyKind : u8 { host_to_device, device_to_host, device_to_device };

/// Every function throws an Error that names the call and the bytes, except `free`.
struct Memory {
  void* (*allocate)(std::size_t bytes);  // aligned to 256 bytes; never null for bytes > 0
  void (*free)(void* data) noexcept;
  void (*copy)(void* destination, void const* source, std::size_t bytes, CopyKind kind, Stream stream);
  void (*fill)(void* data, u8 byte, std::size_t bytes, Stream stream);
  void (*synchronize)(Stream stream);  // returns when all work queued on the stream has ended
};

namespace cpu {
extern Memory const memory;
}
namespace cuda {
extern Memory const memory;
}
namespace emulated {
extern Memory const memory;
}

}  // namespace heddle
