// How many registers the threads of a warpgroup have (PTX ISA, setmaxnreg). All its warps call together, and come to a
// barrier before the next call. At first a thread has 65536 / threads of the block, a multiple of 8 up to 256.
#pragma once

#include "kernels/machine/host/scheduler/registers.h"

namespace heddle::emulated {

/// Waits until the block has registers to spare. `count`: 24 to 256, a multiple of 8.
/// Throws an Error when a thread has more, and when another warp of the warpgroup has called with another count.
template <int count>
void increase_registers(std::source_location where = std::source_location::current()) {
  static_assert(count >= 24 && count <= 256 && count % 8 == 0);
  increase_registers(count, where);
}

/// Gives registers back to the block. Throws an Error when a thread has fewer, and as above.
template <int count>
void decrease_registers(std::source_location where = std::source_location::current()) {
  static_assert(count >= 24 && count <= 256 && count % 8 == 0);
  decrease_registers(count, where);
}

}  // namespace heddle::emulated
