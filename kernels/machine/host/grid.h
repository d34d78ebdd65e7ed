// A launch on the emulator.
#pragma once

#include <cstddef>

#include "kernels/machine/host/builtin.h"

namespace heddle::emulated {

/// A kernel without its type: the emulator itself is compiled once.
struct GridLaunch {
  char const* name;  // for errors
  dim3 grid;
  int threads;  // of a block
  std::size_t shared_bytes;
  void const* params;
  void (*body)(void const* params, void* shared);  // what each thread runs
};

/// Runs all blocks and returns when they have ended. Throws an Error that names the kernel and the value when a size is
/// out of the limits, and the block and thread when a thread fails; of several failing blocks, the first one's.
void run_grid(GridLaunch const& launch);

}  // namespace heddle::emulated
