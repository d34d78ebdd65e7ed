// Memory that is the program's own: a kernel sees no device memory there.
#pragma once

#include <cstdint>

namespace heddle::emulated {

/// The machine code of the program that holds the emulator.
struct ProgramCode {
  std::uintptr_t begin = 0, bytes = 0;
  std::uintptr_t moved = 0;  // from where the program's file has it
};

struct ProgramMemory {
  struct Range {
    std::uintptr_t begin, bytes;
    bool contains(void const* address) const { return reinterpret_cast<std::uintptr_t>(address) - begin < bytes; }
  };
  Range constants{}, variables{};  // variables: of one host thread, such as threadIdx

  ProgramCode code;

  bool contains(void const* address) const { return constants.contains(address) || variables.contains(address); }
};

/// That of this host thread.
ProgramMemory find_program_memory();

}  // namespace heddle::emulated
