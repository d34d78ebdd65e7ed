// From addresses in the code of a kernel to the lines of its source, through the program's debug information.
#pragma once

#include <string>
#include <vector>

#include "kernels/machine/host/scheduler/observer.h"

namespace heddle::emulated {

struct SourceLine {
  std::string file;  // as the compiler was given it; empty when unknown
  int line = 0;
  friend auto operator<=>(SourceLine const&, SourceLine const&) = default;
};

/// The line of a return address and, when it lies in inlined functions, those of their callers: the innermost first.
/// Lines of the standard library are left out. Empty without debug information.
std::vector<SourceLine> source_lines(void const* return_address);

/// Whether a line is of the emulator itself.
bool is_of_machine(SourceLine const& line);

/// Where a kernel makes an access.
struct KernelLine {
  SourceLine line;    // in the file of the kernel's own body
  SourceLine detail;  // of the function it called to make it, such as one of kernels/tile; else the same
};

/// Of the lines of source_lines(): that of the kernel, empty when they are all of the emulator.
KernelLine kernel_line(std::vector<SourceLine> lines);

/// The kernel's line of an access: of all the lines of source_lines() that lie in the file of the outermost one, the
/// innermost. Where the chain of calls is unknown, that of `where`; empty when there is none.
KernelLine kernel_line(Access const& access);

/// "layer_norm.cuh:57".
std::string describe(SourceLine const& line);

}  // namespace heddle::emulated
