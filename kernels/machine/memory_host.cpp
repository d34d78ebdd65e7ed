// The memory of the CPU: the host's heap.
#include <new>

#include "kernels/core/error.h"
#include "kernels/machine/heap.h"

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

}  // namespace

Memory const cpu::memory = {allocate, free, heap::copy, heap::fill, heap::synchronize};

}  // namespace heddle
