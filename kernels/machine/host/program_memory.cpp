#include "kernels/machine/host/program_memory.h"

#include <link.h>

#include <cstdint>
#include <vector>

namespace heddle::emulated {
namespace {

struct Range {
  std::uintptr_t begin, bytes;
  bool contains(std::uintptr_t address) const { return address - begin < bytes; }
};

/// Adds the constants and the thread's variables of the program or library that holds this code.
int add_ranges(dl_phdr_info* module, std::size_t, void* result) {
  auto& ranges = *static_cast<std::vector<Range>*>(result);
  bool is_this = false;
  for (int i = 0; i < module->dlpi_phnum; ++i) {
    auto const& segment = module->dlpi_phdr[i];
    Range const range{module->dlpi_addr + segment.p_vaddr, segment.p_memsz};
    if (segment.p_type == PT_LOAD) is_this |= range.contains(reinterpret_cast<std::uintptr_t>(&is_of_program));
    if ((segment.p_type == PT_LOAD && (segment.p_flags & PF_W) == 0) || segment.p_type == PT_GNU_RELRO)
      ranges.push_back(range);
    if (segment.p_type == PT_TLS)
      ranges.push_back({reinterpret_cast<std::uintptr_t>(module->dlpi_tls_data), segment.p_memsz});
  }
  if (!is_this) ranges.clear();
  return is_this ? 1 : 0;
}

std::vector<Range> find_ranges() {
  std::vector<Range> ranges;
  dl_iterate_phdr(add_ranges, &ranges);
  return ranges;
}

}  // namespace

bool is_of_program(void const* address) {
  thread_local std::vector<Range> const ranges = find_ranges();
  for (Range const& range : ranges)
    if (range.contains(reinterpret_cast<std::uintptr_t>(address))) return true;
  return false;
}

}  // namespace heddle::emulated
