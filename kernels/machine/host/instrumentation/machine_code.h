// The program's machine code as text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace heddle::emulated {

struct Instruction {
  std::uintptr_t address = 0;
  std::uintptr_t target = 0;  // of an unconditional jump to a fixed place
  std::string text;           // "vaddss %xmm0,%xmm1,%xmm2", "call 4a30 <expf@plt>": AT&T syntax, names as in C++
};

/// The instructions that lie in [begin, end) of the program's code; one begins at `begin`. Throws an Error where
/// objdump of binutils is missing.
std::vector<Instruction> disassemble(std::uintptr_t begin, std::uintptr_t end);

}  // namespace heddle::emulated
