// An axis of a convolution as the kernels see it: its taps lie evenly.
#pragma once

#include "kernels/conv/axis.h"

namespace heddle {

/// Position i of `count` gathers the sources at i * step + offset + t * tap_offset (zero outside the source) with
/// element tap_index + t * tap_step of the filter, for t below `taps`. It is target target_begin + i * target_step.
struct GatherAxis {
  int source_size = 0, target_size = 0;
  int count = 0;
  int step = 1, offset = 0;
  int taps = 0, tap_offset = 0;
  int tap_index = 0, tap_step = 0;
  int target_begin = 0, target_step = 1;
};

/// The taps of a phase of the backward pass follow each other at stride / gcd(stride, dilation), those of the forward
/// pass at 1.
inline GatherAxis gather_axis(Axis const& axis) {
  auto const as_int = [](i64 value) { return static_cast<int>(value); };
  GatherAxis result = {.source_size = as_int(axis.source_size),
                       .target_size = as_int(axis.target_size),
                       .count = as_int(axis.count),
                       .step = as_int(axis.source_step),
                       .taps = as_int(static_cast<i64>(axis.taps.size())),
                       .target_begin = as_int(axis.target_begin),
                       .target_step = as_int(axis.target_step)};
  if (axis.taps.empty()) return result;
  result.offset = as_int(axis.taps[0].offset);
  result.tap_index = as_int(axis.taps[0].index);
  if (axis.taps.size() == 1) return result;
  result.tap_offset = as_int(axis.taps[1].offset - axis.taps[0].offset);
  result.tap_step = as_int(axis.taps[1].index - axis.taps[0].index);
  return result;
}

}  // namespace heddle
