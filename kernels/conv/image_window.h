// A rectangle of NHWC images, with zeros where it reaches beyond them.
#pragma once

#include "kernels/core/types.h"

namespace heddle::cpu {

/// Images of h x w pixels with c channels.
struct ImageSize {
  i64 h = 0, w = 0, c = 0;
  constexpr i64 count() const { return h * w * c; }
};

/// Rows and columns of an image, counted from its corner; both may lie outside.
struct Window {
  i64 row_begin = 0, row_end = 0;
  i64 column_begin = 0, column_end = 0;

  constexpr i64 rows() const { return row_end - row_begin; }
  constexpr i64 columns() const { return column_end - column_begin; }
  constexpr bool inside(ImageSize const& size) const {
    return row_begin >= 0 && row_end <= size.h && column_begin >= 0 && column_end <= size.w;
  }
};

/// Writes the window of one image to `destination` [window.rows(), window.columns(), c].
void copy_window(f32 const* image, ImageSize const& size, Window const& window, f32* destination);

}  // namespace heddle::cpu
