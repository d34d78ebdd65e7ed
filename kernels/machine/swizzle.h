// The swizzle of shared memory that bulk tensor copies and wgmma apply (PTX ISA, "Swizzling Modes"; 5.5.7): within each
// period, the 16-byte chunk of a 128-byte line is exchanged with the one whose number differs by the number of the
// line, so that a column of chunks falls into different banks.
#pragma once

#include "kernels/core/types.h"

namespace heddle {

/// The span in bytes within which chunks are exchanged: that of one row of a box at most.
enum class Swizzle : u8 { none = 0, bytes_32 = 32, bytes_64 = 64, bytes_128 = 128 };

/// Bytes of one row within which the chunks change places; 16 without a swizzle, where they keep theirs.
constexpr u32 swizzle_span(Swizzle swizzle) { return swizzle == Swizzle::none ? 16 : static_cast<u32>(swizzle); }

/// Bytes after which the pattern repeats: 1024, 512, 256. A tile that starts at a multiple of it is swizzled by its own
/// offsets. Without a swizzle 128, the alignment that bulk tensor copies ask for.
constexpr u32 swizzle_period(Swizzle swizzle) { return swizzle == Swizzle::none ? 128 : 8 * static_cast<u32>(swizzle); }

/// Where the byte of a linear offset is found. The offset counts from a multiple of the period; swizzling twice gives
/// the offset back.
constexpr u32 swizzled(u32 offset, Swizzle swizzle) {
  u32 const lines = static_cast<u32>(swizzle) / 16;  // that differ: 0, 2, 4, 8
  return lines == 0 ? offset : offset ^ (offset >> 7 & (lines - 1)) << 4;
}

}  // namespace heddle
