#include "kernels/conv/image_window.h"

#include <algorithm>

namespace heddle::cpu {

void copy_window(f32 const* image, ImageSize const& size, Window const& window, f32* destination) {
  i64 const left = std::clamp<i64>(-window.column_begin, 0, window.columns());
  i64 const right = std::clamp<i64>(window.column_end - size.w, 0, window.columns());
  i64 const inner = window.columns() - left - right;
  for (i64 row = window.row_begin; row < window.row_end; ++row) {
    if (row < 0 || row >= size.h || inner <= 0) {
      destination = std::fill_n(destination, window.columns() * size.c, 0.0f);
      continue;
    }
    f32 const* const source = image + (row * size.w + window.column_begin + left) * size.c;
    destination = std::fill_n(destination, left * size.c, 0.0f);
    destination = std::copy_n(source, inner * size.c, destination);
    destination = std::fill_n(destination, right * size.c, 0.0f);
  }
}

}  // namespace heddle::cpu
