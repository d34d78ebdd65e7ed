// The memory of the CPU: the host's heap.
#include <cstring>
#include <new>

#include "kernels/core/error.h"
#include "kernels/machine/memory.h"

namespace heddle {
namespace {

constexpr std::align_val_t alignment{256};

void* allocate(std::size_t bytes) {
  if (bytes == 0) return nullptr;
  void* const data = ::operator new(bytes, alignment, std::nothrow);
  check(data != nullptr, "[host memory] out of memory: asked for ", bytes, " bytes");
  return data;
}

void free(void* data) noexcept { ::operator delete(data, alignment); }

void copy(void* destination, void const* source, std::size_t bytes, CopyKind, Stream) {
  if (bytes != 0) std::memmove(destination, source, bytes);
}

void fill(void* data, u8 byte, std::size_t bytes, Stream) {
  if (bytes != 0) std::memset(data, byte, bytes);
}

void synchronize(Stream) {}

}  // namespace

Memory const cpu::memory = {allocate, free, copy, fill, synchronize};

}  // namespace heddle
