// A launch on the emulator.
#pragma once

#include <cstddef>

#include "kernels/core/types.h"
#include "kernels/machine/host/scheduler/builtin.h"

namespace heddle::emulated {

/// A kernel without its type: the emulator itself is compiled once.
struct GridLaunch {
  char const* name;  // for errors
  char const* type;  // of the kernel object, as typeid names it
  dim3 grid;
  int threads;       // of a block
  int cluster_size;  // blocks of a cluster, along x; 1: no clusters
  std::size_t shared_bytes;
  void const* params;
  std::size_t params_bytes;
  bool examined;   // whether the kernel is compiled with the instrumentation, so that observers see all accesses
  int min_blocks;  // of a multiprocessor, that the kernel is compiled for; 0: as it comes
  void (*body)(void const* params, void* shared);  // what each thread runs
};

/// Of the block with this linear index.
inline uint3 block_index(dim3 grid, u64 number) {
  return {static_cast<unsigned>(number % grid.x), static_cast<unsigned>(number / grid.x % grid.y),
          static_cast<unsigned>(number / grid.x / grid.y)};
}

/// Runs all blocks and returns when they have ended. Throws an Error that names the kernel and the value when a size is
/// out of the limits of the architecture, and the block and thread when a thread fails; of several failing blocks, the
/// first one's.
void run_grid(GridLaunch const& launch);

}  // namespace heddle::emulated
