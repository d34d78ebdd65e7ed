#include "kernels/machine/heap.h"

#include <cstring>

namespace heddle {

void heap::copy(void* destination, void const* source, std::size_t bytes, CopyKind, Stream) {
  if (bytes != 0) std::memmove(destination, source, bytes);
}

void heap::fill(void* data, u8 byte, std::size_t bytes, Stream) {
  if (bytes != 0) std::memset(data, byte, bytes);
}

void heap::synchronize(Stream) {}

}  // namespace heddle
