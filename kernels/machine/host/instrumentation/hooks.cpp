// Tells the observer of a launch what plain C++ in kernels reads and writes.
//
// GCC's -fsanitize=thread puts a call before every access. These are our own definitions of the functions it calls, and
// programs are linked without its run-time library. (Interface: GCC's tsan.cc and sanitizer.def.) Only code compiled
// so calls them; outside of a launch with an observer they return at once. What std::memcpy moves they do not see
// unless the compiler expands it.
#include "kernels/machine/host/instrumentation/hooks.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "kernels/machine/host/instrumentation/program_memory.h"
#include "kernels/machine/host/instrumentation/source_lines.h"
#include "kernels/machine/host/scheduler/block.h"

namespace heddle::emulated {
namespace {

/// A place in the code that makes accesses.
struct Place {
  void const* site = nullptr;
  /// The emulator's functions, which are inlined into a kernel, report what they do themselves, and more exactly.
  bool is_of_kernel = false;
};

// In this model of thread-local storage no function is called to find a variable.
[[gnu::tls_model("initial-exec")]] constinit thread_local std::array<Place, 256> recent_places;
// Empty until there is a recent place.
[[gnu::tls_model("initial-exec")]] constinit thread_local ProgramMemory program_memory;

bool find_is_of_kernel(void const* site) {
  auto const lines = source_lines(site);
  return !lines.empty() && !is_of_machine(lines.front());
}

Place& recent_place(void const* site) {
  return recent_places[reinterpret_cast<std::uintptr_t>(site) % recent_places.size()];
}

void look_up(void const* site) {
  if (recent_place(site).site == site) return;
  thread_local std::unordered_map<void const*, bool> all;
  if (all.empty()) program_memory = find_program_memory();
  auto const [entry, is_new] = all.try_emplace(site, false);
  if (is_new) entry->second = find_is_of_kernel(site);
  recent_place(site) = {site, entry->second};
}

/// What report_access leaves: a place that it does not know, an access that is too wide.
[[gnu::noinline]] void report_parts(void const* address, std::size_t bytes, AccessKind kind,
                                    void const* site) noexcept {
  Block const* const block = std::exchange(Block::watched(), nullptr);
  look_up(site);
  Block::watched() = block;
  for (std::size_t done = 0; done < bytes; done += widest_access)
    report_access(static_cast<u8 const*>(address) + done, std::min(widest_access, bytes - done), kind, site);
}

// The Access is made where it is passed on: a copy that is read at once stalls.
[[gnu::noinline]] void report_to_observer(Block const& block, void const* address, u32 bytes, AccessKind kind,
                                          void const* site) noexcept {
  Block::watched() = nullptr;
  block.observer()->access(block.actor(), {address, bytes, kind, site, {}});
  Block::watched() = &block;
}

}  // namespace

// This runs at every access. Its calls are its last acts, so that it saves no registers.
void report_access(void const* address, std::size_t bytes, AccessKind kind, void const* site) noexcept {
  Block const* const block = Block::watched();
  if (block == nullptr || block->is_private(address) || program_memory.contains(address)) return;
  Place const& place = recent_place(site);
  if (place.site != site || bytes > widest_access) return report_parts(address, bytes, kind, site);
  if (place.is_of_kernel) report_to_observer(*block, address, static_cast<u32>(bytes), kind, site);
}

}  // namespace heddle::emulated

using heddle::emulated::AccessKind;
using heddle::emulated::report_access;

extern "C" {

void __tsan_init() {}
void __tsan_vptr_read(void**) {}
void __tsan_vptr_update(void**, void*) {}

void __tsan_read1(void* a) { report_access(a, 1, AccessKind::read, __builtin_return_address(0)); }
void __tsan_read2(void* a) { report_access(a, 2, AccessKind::read, __builtin_return_address(0)); }
void __tsan_read4(void* a) { report_access(a, 4, AccessKind::read, __builtin_return_address(0)); }
void __tsan_read8(void* a) { report_access(a, 8, AccessKind::read, __builtin_return_address(0)); }
void __tsan_read16(void* a) { report_access(a, 16, AccessKind::read, __builtin_return_address(0)); }
void __tsan_unaligned_read2(void* a) { report_access(a, 2, AccessKind::read, __builtin_return_address(0)); }
void __tsan_unaligned_read4(void* a) { report_access(a, 4, AccessKind::read, __builtin_return_address(0)); }
void __tsan_unaligned_read8(void* a) { report_access(a, 8, AccessKind::read, __builtin_return_address(0)); }
void __tsan_unaligned_read16(void* a) { report_access(a, 16, AccessKind::read, __builtin_return_address(0)); }
void __tsan_read_range(void* a, unsigned long bytes) {
  report_access(a, bytes, AccessKind::read, __builtin_return_address(0));
}

void __tsan_write1(void* a) { report_access(a, 1, AccessKind::write, __builtin_return_address(0)); }
void __tsan_write2(void* a) { report_access(a, 2, AccessKind::write, __builtin_return_address(0)); }
void __tsan_write4(void* a) { report_access(a, 4, AccessKind::write, __builtin_return_address(0)); }
void __tsan_write8(void* a) { report_access(a, 8, AccessKind::write, __builtin_return_address(0)); }
void __tsan_write16(void* a) { report_access(a, 16, AccessKind::write, __builtin_return_address(0)); }
void __tsan_unaligned_write2(void* a) { report_access(a, 2, AccessKind::write, __builtin_return_address(0)); }
void __tsan_unaligned_write4(void* a) { report_access(a, 4, AccessKind::write, __builtin_return_address(0)); }
void __tsan_unaligned_write8(void* a) { report_access(a, 8, AccessKind::write, __builtin_return_address(0)); }
void __tsan_unaligned_write16(void* a) { report_access(a, 16, AccessKind::write, __builtin_return_address(0)); }
void __tsan_write_range(void* a, unsigned long bytes) {
  report_access(a, bytes, AccessKind::write, __builtin_return_address(0));
}

}  // extern "C"
