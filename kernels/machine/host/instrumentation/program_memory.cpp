#include "kernels/machine/host/instrumentation/program_memory.h"

#include <link.h>

#include <algorithm>

namespace heddle::emulated {
namespace {

using Range = ProgramMemory::Range;

void extend(Range& range, Range const& more) {
  if (range.bytes == 0) range = more;
  std::uintptr_t const begin = std::min(range.begin, more.begin);
  range = {begin, std::max(range.begin + range.bytes, more.begin + more.bytes) - begin};
}

/// Finds what the program or library with this code has. Its constants lie side by side, between code and variables.
int find_memory(dl_phdr_info* module, std::size_t, void* result) {
  ProgramMemory memory;
  bool is_this = false;
  for (int i = 0; i < module->dlpi_phnum; ++i) {
    auto const& segment = module->dlpi_phdr[i];
    Range const range{module->dlpi_addr + segment.p_vaddr, segment.p_memsz};
    if (segment.p_type == PT_LOAD) is_this |= range.contains(reinterpret_cast<void const*>(&find_program_memory));
    if ((segment.p_type == PT_LOAD && (segment.p_flags & PF_W) == 0) || segment.p_type == PT_GNU_RELRO)
      extend(memory.constants, range);
    if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0)
      memory.code = {range.begin, range.bytes, module->dlpi_addr};
    if (segment.p_type == PT_TLS)
      memory.variables = {reinterpret_cast<std::uintptr_t>(module->dlpi_tls_data), segment.p_memsz};
  }
  if (is_this) *static_cast<ProgramMemory*>(result) = memory;
  return is_this ? 1 : 0;
}

}  // namespace

ProgramMemory find_program_memory() {
  ProgramMemory found;
  dl_iterate_phdr(find_memory, &found);
  return found;
}

}  // namespace heddle::emulated
