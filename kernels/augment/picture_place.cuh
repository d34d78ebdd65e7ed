// Where a value lies in its picture.
#pragma once

#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

/// A value of a picture of w columns and c channels.
struct PicturePlace {
  i32 row, column, channel;

  HEDDLE_DEVICE static PicturePlace of(i32 value, i32 w, i32 c) {
    i32 const pixel = value / c;
    return {pixel / w, pixel % w, value % c};
  }

  /// On by as many values as lie before `step`.
  HEDDLE_DEVICE void advance(PicturePlace const& step, i32 w, i32 c) {
    channel += step.channel;
    column += step.column;
    row += step.row;
    if (channel >= c) {
      channel -= c;
      ++column;
    }
    if (column >= w) {
      column -= w;
      ++row;
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
