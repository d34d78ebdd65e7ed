// Memory that is the program's own: a kernel sees no device memory there.
#pragma once

#include <cstdint>

namespace heddle::emulated {

struct ProgramMemory {
  struct Range {
    std::uintptr_t begin, bytes;
    bool contains(void const* address) const { return reinterpret_cast<std::uintptr_t>(address) - begin < bytes; }
  };
  Range constants{}, variables{};  // variables: of this host thread
};

ProgramMemory find_program_memory();

/// Whether the address is that of a constant of the program, or of a variable of this host thread such as threadIdx.
inline bool is_of_program(void const* address) {
  thread_local ProgramMemory const memory = find_program_memory();
  return memory.constants.contains(address) || memory.variables.contains(address);
}

}  // namespace heddle::emulated
