// Max pooling. Threads: each has a pixel of the output and some channels (pool_pixel.cuh) and goes through the window.
// Neighbouring threads have neighbouring channels, 16 bytes each.
//
// Floor: x read once, y and a byte for each winner written once. 256 images of 112 x 112 x 64, windows of 3 x 3, stride
// 2, in bf16: 411 MB + 103 MB + 51 MB, 131 us at the 4.3 TB/s that an H200 copies. Not yet measured.
#pragma once

#include "kernels/pool/pool_axis.h"
#include "kernels/pool/pool_pixel.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T, int vector>
struct MaxPoolForward {
  static constexpr int threads = pool_threads;

  struct Params {
    i64 n, c;
    PoolAxis rows, columns;
    PoolPixels pixels;  // of the output
    T const* x;         // [n, rows.size, columns.size, c]
    T* y;               // [n, rows.outputs, columns.outputs, c]
    u8* tap;            // like y, or null
    i32* index;         // like y, or null
  };
  struct SharedStorage {};

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    PoolPixel const pixel = pool_pixel(p.pixels);
    if (!pixel.inside) return;
    PositionRange const rows = p.rows.inputs_of(pixel.row), columns = p.columns.inputs_of(pixel.column);
    i32 const top = pixel.row * p.rows.stride - p.rows.padding;
    i32 const left = pixel.column * p.columns.stride - p.columns.padding;
    i64 const first = (static_cast<i64>(rows.begin) * p.columns.size + columns.begin) * p.c + pixel.group * vector;
    i64 const output = (static_cast<i64>(pixel.row) * p.columns.outputs + pixel.column) * p.c + pixel.group * vector;
    i64 const input_image = static_cast<i64>(p.rows.size) * p.columns.size * p.c;
    i64 const output_image = static_cast<i64>(p.rows.outputs) * p.columns.outputs * p.c;

    for (i64 n = blockIdx.y; n < p.n; n += gridDim.y) {
      i32 first_tap = (rows.begin - top) * p.columns.window + columns.begin - left;
      f32 best[vector];
      i32 tap[vector];
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) {
        best[k] = -INFINITY;
        tap[k] = first_tap;
      }
      T const* row = p.x + n * input_image + first;
      for (i32 i = rows.begin; i < rows.end; ++i) {
        for_each_access<vector, 4>(row, columns.size(), p.c, [&](i32 j, Vector<T, vector> const& x) {
          HEDDLE_UNROLL
          for (int k = 0; k < vector; ++k) {
            f32 const value = to_f32(x.values[k]);
            bool const wins = !(value <= best[k]) && best[k] == best[k];  // greater, or the first NaN
            best[k] = wins ? value : best[k];
            tap[k] = wins ? first_tap + j : tap[k];
          }
        });
        row += p.columns.size * p.c;
        first_tap += p.columns.window;
      }
      store_f32(p.y + n * output_image + output, best);
      if (p.tap != nullptr) store_winners(p.tap + n * output_image + output, tap);
      if (p.index != nullptr) {
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k)
          tap[k] = (top + tap[k] / p.columns.window) * p.columns.size + left + tap[k] % p.columns.window;
        store_winners(p.index + n * output_image + output, tap);
      }
    }
  }

 private:
  template <class Winner>
  HEDDLE_DEVICE static void store_winners(Winner* to, i32 const (&winners)[vector]) {
    constexpr int width = vector < widest_vector<Winner> ? vector : widest_vector<Winner>;
    HEDDLE_UNROLL
    for (int first = 0; first < vector; first += width) {
      Vector<Winner, width> part;
      HEDDLE_UNROLL
      for (int k = 0; k < width; ++k) part.values[k] = static_cast<Winner>(winners[first + k]);
      store(to + first, part);
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
