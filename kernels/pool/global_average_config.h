// How the kernels of global average pooling share their work out.
#pragma once

#include <algorithm>

#include "kernels/core/math.h"
#include "kernels/core/types.h"

namespace heddle {

/// A block takes `width` neighbouring groups of channels of an image, and one of `splits` parts of its positions, over
/// which its teams of `width` threads go in turn.
struct GlobalAverageSplit {
  static constexpr int threads = 256;
  static constexpr int together = 8;  // positions of a thread that are in flight at once

  int width = 1;      // a power of two, at most a warp
  i64 columns = 0;    // blocks side by side along the channels of an image
  i64 splits = 1;     // blocks that share the positions of an image
  i64 positions = 0;  // of a split; the last may have fewer

  constexpr int teams() const { return threads / width; }
};

/// `groups`: of channels that move as one access. Depends on the shape alone, as the order of additions follows from
/// it: four blocks for each of the 132 multiprocessors of an H200 where positions are enough.
constexpr GlobalAverageSplit global_average_split(i64 n, i64 positions, i64 groups) {
  GlobalAverageSplit split;
  while (split.width < 32 && split.width < groups) split.width *= 2;
  split.columns = ceil_div<i64>(groups, split.width);
  i64 const blocks = std::max<i64>(1, n * split.columns);
  i64 const most = std::max<i64>(1, positions / (split.teams() * split.together));
  split.splits = std::clamp<i64>(4 * 132 / blocks, 1, most);
  split.positions = ceil_div<i64>(positions, split.splits);
  split.splits = std::max<i64>(1, ceil_div<i64>(positions, std::max<i64>(1, split.positions)));
  return split;
}

}  // namespace heddle
