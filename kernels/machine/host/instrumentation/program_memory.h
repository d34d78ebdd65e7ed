// Memory that is the program's own: a kernel sees no device memory there.
#pragma once

#include <cstdint>

namespace heddle::emulated {

/// Whether the address is that of a constant of the program, or of a variable of this host thread such as threadIdx.
bool is_of_program(void const* address);

/// The machine code of the program that holds the emulator.
struct ProgramCode {
  std::uintptr_t begin = 0, bytes = 0;
  std::uintptr_t moved = 0;  // from where the program's file has it
};
ProgramCode program_code();

}  // namespace heddle::emulated
