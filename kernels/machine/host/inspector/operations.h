// The floating-point operations of kernels: those of the instructions that the compiler made of them, as often as each
// ran.
#pragma once

#include <string_view>
#include <vector>

#include "kernels/machine/host/instrumentation/basic_blocks.h"
#include "kernels/machine/host/instrumentation/source_lines.h"

namespace heddle::emulated {

struct Operations {
  u64 arithmetic = 0;  // additions, subtractions, multiplications and divisions; a fused multiply-add counts two
  u64 special = 0;     // square roots, and calls of functions such as expf and rsqrtf

  Operations& operator+=(Operations const& other);
  friend Operations operator*(Operations operations, u64 times);
  bool operator==(Operations const&) const = default;
};

/// Those of one instruction as Instruction::text names it, of all its lanes. Comparisons, minima, changes of sign and
/// conversions are none.
Operations operations_of(std::string_view instruction);

struct OperationsOfLine {
  KernelLine place;
  Operations operations;
};

/// What the kernel's own lines computed, in their order; not how the emulator carries out conversions, atomics and
/// matrix products.
std::vector<OperationsOfLine> operations_by_line(BlockExecutions const& executions);

}  // namespace heddle::emulated
