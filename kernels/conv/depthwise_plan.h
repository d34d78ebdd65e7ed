// How the depthwise kernels share a convolution out: by the shape alone, so that the order of additions never depends
// on the card.
#pragma once

#include <algorithm>

#include "kernels/conv/conv2d.h"
#include "kernels/conv/strips.h"

namespace heddle {

/// Neighbouring pixels of a row that a thread takes at a time.
inline constexpr int depthwise_columns = 4;

/// The taps of a row that a kernel knows when it is compiled: they read neighbours, from a pixel to the next `step`
/// apart. With `phases`, pixel i of the target meets every tap of index (i + a constant) mod phases.
struct DepthwiseWindow {
  int taps = 1, step = 1, phases = 1;

  constexpr int taps_of(int phase) const { return ceil_div(taps - phase, phases); }
  friend constexpr bool operator==(DepthwiseWindow const&, DepthwiseWindow const&) = default;
};

/// Phases of an axis that a kernel makes in one launch.
inline constexpr int most_depthwise_phases = 2;

/// What reads taps one by one, at any distance.
inline constexpr DepthwiseWindow any_window = {};

/// Taps of a filter that a block keeps in shared memory.
constexpr int most_depthwise_taps(DepthwiseWindow const& window) {
  return window == any_window ? 49 : window.taps * window.taps;
}

/// Of its threads, `lanes` have neighbouring accesses of a pixel, of `vector` channels each; a block takes a slab of
/// them, and as many strips of pixels at a time as it has teams of that many threads.
struct DepthwiseLanes {
  int lanes = 1, teams = 0;
  i64 slabs = 0;

  constexpr DepthwiseLanes(int threads, int most_lanes, i64 channels, int vector) {
    i64 const accesses = ceil_div<i64>(channels, vector);
    slabs = ceil_div<i64>(accesses, most_lanes);
    i64 const even = slabs > 1 ? 2 : 1;  // two accesses of 16 bytes are a sector, which blocks do not share
    lanes = static_cast<int>(ceil_div<i64>(ceil_div<i64>(accesses, std::max<i64>(slabs, 1)), even) * even);
    teams = threads / std::max(lanes, 1);
  }
};

/// How many strips a block takes: more than its teams only where there are enough blocks for 8 on each of the 132
/// multiprocessors of an H200, twice.
constexpr i64 depthwise_strips_of_block(i64 strips, DepthwiseLanes const& lanes) {
  constexpr i64 wanted_blocks = i64{132} * 16;
  i64 const turns = ceil_div<i64>(strips, lanes.teams) * lanes.slabs / wanted_blocks;
  return std::clamp<i64>(turns, 1, 16) * lanes.teams;
}

}  // namespace heddle
