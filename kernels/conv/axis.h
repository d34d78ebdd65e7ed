// A convolution along one axis, in a form that its forward and its backward pass share.
#pragma once

#include <vector>

#include "kernels/core/types.h"

namespace heddle {

/// Where a filter tap reads, relative to the position of the pixel that gathers.
struct Tap {
  i64 offset = 0;
  i64 index = 0;  // in the filter
};

/// Pixel i of `count` gathers the source at i * source_step + tap.offset for each tap (zero outside the source) and is
/// written to the target at target_begin + i * target_step.
struct Axis {
  i64 source_size = 0, target_size = 0;
  i64 count = 0;
  i64 source_step = 1;
  i64 target_begin = 0, target_step = 1;
  std::vector<Tap> taps = {};  // by ascending offset

  /// The source range that pixels [begin, end) reach.
  i64 window_begin(i64 begin) const { return begin * source_step + taps.front().offset; }
  i64 window_end(i64 end) const { return (end - 1) * source_step + taps.back().offset + 1; }
  /// Whether taps read neighbours, so that all taps of a pixel are one run of memory.
  bool contiguous() const { return taps.back().offset - taps.front().offset + 1 == static_cast<i64>(taps.size()); }
};

/// One axis of a convolution, in its own terms.
struct ConvAxis {
  i64 input = 0, output = 0;
  i64 filter = 1, stride = 1, dilation = 1;
  i64 padding = 0;  // before the first input

  /// Outputs gather inputs.
  Axis forward() const {
    Axis axis = {.source_size = input, .target_size = output, .count = output, .source_step = stride};
    for (i64 tap = 0; tap < filter; ++tap) axis.taps.push_back({tap * dilation - padding, tap});
    return axis;
  }

  /// Inputs gather output gradients. Input t meets tap r in output o where t + padding = o * stride + r * dilation, so
  /// inputs with one value of (t + padding) mod stride, the phase, share the taps with r * dilation mod stride = phase.
  Axis backward(i64 phase) const {
    i64 const first = ((phase - padding) % stride + stride) % stride;
    Axis axis = {.source_size = output,
                 .target_size = input,
                 .count = first < input ? (input - 1 - first) / stride + 1 : 0,
                 .target_begin = first,
                 .target_step = stride};
    for (i64 tap = filter - 1; tap >= 0; --tap)
      if (tap * dilation % stride == phase) axis.taps.push_back({(first + padding - tap * dilation) / stride, tap});
    return axis;
  }
};

}  // namespace heddle
