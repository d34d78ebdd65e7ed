// The global memory of the emulator.
#include <map>
#include <mutex>
#include <new>

#include "kernels/core/error.h"
#include "kernels/machine/heap.h"
#include "kernels/machine/host/allocations.h"

namespace heddle {
namespace {

constexpr std::align_val_t alignment{256};
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t margin = 0;
#else
constexpr std::size_t margin = 4096;
#endif

/// The sizes of what is allocated now, by address.
struct Allocations {
  std::mutex mutex;
  std::map<u8 const*, std::size_t> bytes;
};

Allocations& allocations() {
  static auto& all = *new Allocations;  // outlives what frees memory when the program ends
  return all;
}

void* allocate(std::size_t bytes) {
  if (bytes == 0) return nullptr;
  void* const base = ::operator new(bytes + 2 * margin, alignment, std::nothrow);
  check(base != nullptr, "[emulated memory] out of memory: asked for ", bytes, " bytes");
  u8* const data = static_cast<u8*>(base) + margin;
  std::lock_guard const lock(allocations().mutex);
  allocations().bytes[data] = bytes;
  return data;
}

void free(void* data) noexcept {
  if (data == nullptr) return;
  std::lock_guard const lock(allocations().mutex);
  allocations().bytes.erase(static_cast<u8*>(data));
  ::operator delete(static_cast<u8*>(data) - margin, alignment);
}

}  // namespace

Memory const emulated::memory = {allocate, free, heap::copy, heap::fill, heap::synchronize};

std::optional<std::span<u8 const>> emulated::allocation_near(void const* address) {
  u8 const* const byte = static_cast<u8 const*>(address);
  std::lock_guard const lock(allocations().mutex);
  auto const& bytes = allocations().bytes;
  auto next = bytes.upper_bound(byte + margin);
  if (next == bytes.begin()) return std::nullopt;
  auto const [data, size] = *--next;
  if (byte >= data + size + margin) return std::nullopt;
  return std::span(data, size);
}

}  // namespace heddle
