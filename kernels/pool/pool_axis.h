// Which positions of the input and which outputs of a pooling meet, along one axis.
#pragma once

#include "kernels/core/types.h"

namespace heddle {

/// Positions from `begin` up to but not including `end`.
struct PositionRange {
  i32 begin = 0, end = 0;
  constexpr i32 size() const { return end - begin; }
};

/// One axis: `size` positions and `outputs` windows over them. A window of 0 stands for adaptive pooling, whose output
/// o takes the positions from floor(o * size / outputs) to ceil((o + 1) * size / outputs).
struct PoolAxis {
  i32 size = 0, outputs = 0;
  i32 window = 0, stride = 1, padding = 0;  // padding: before the first position

  constexpr bool adaptive() const { return window == 0; }

  /// The positions in the window of an output, clipped to the image; at least one.
  constexpr PositionRange inputs_of(i32 output) const {
    if (adaptive()) return share(output, outputs, size);
    i32 const begin = output * stride - padding;
    return {begin < 0 ? 0 : begin, begin > size - window ? size : begin + window};
  }

  /// The outputs whose windows cover a position; there may be none.
  constexpr PositionRange outputs_of(i32 position) const {
    if (adaptive()) return share(position, size, outputs);
    i32 const last = (position + padding) / stride, past = position + padding - window;
    return {past < 0 ? 0 : past / stride + 1, last < outputs ? last + 1 : outputs};
  }

 private:
  // Either way round: an output meets the positions that its share of the axis touches, and a position the outputs.
  static constexpr PositionRange share(i32 part, i32 parts, i32 size) {
    return {part * size / parts, ((part + 1) * size + parts - 1) / parts};
  }
};

}  // namespace heddle
