// The gradient of max pooling: dx is the sum of dy over the outputs that x has won. Threads: each has a pixel of the
// input and some channels (pool_pixel.cuh) and goes through the outputs whose windows cover the pixel, in their order:
// no atomics, the same bits in every run.
//
// Floor: dy and a byte for each winner read once, dx written once: that of the forward pass (max_pool.cuh). Not yet
// measured.
#pragma once

#include "kernels/pool/pool_axis.h"
#include "kernels/pool/pool_pixel.cuh"

namespace heddle::HEDDLE_BACKEND {

/// Winner: u8 for positions in the window, i32 for positions in the image.
template <class T, class Winner, int vector>
struct MaxPoolBackward {
  static constexpr int threads = pool_threads;

  struct Params {
    i64 n, c;
    PoolAxis rows, columns;
    PoolPixels pixels;      // of the input
    T const* dy;            // [n, rows.outputs, columns.outputs, c]
    Winner const* winners;  // like dy
    T* dx;                  // [n, rows.size, columns.size, c]
  };
  struct SharedStorage {};

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    PoolPixel const pixel = pool_pixel(p.pixels);
    if (!pixel.inside) return;
    PositionRange const rows = p.rows.outputs_of(pixel.row), columns = p.columns.outputs_of(pixel.column);
    i64 const input = (static_cast<i64>(pixel.row) * p.columns.size + pixel.column) * p.c + pixel.group * vector;
    i64 const first = (static_cast<i64>(rows.begin) * p.columns.outputs + columns.begin) * p.c + pixel.group * vector;
    i64 const input_image = static_cast<i64>(p.rows.size) * p.columns.size * p.c;
    i64 const output_image = static_cast<i64>(p.rows.outputs) * p.columns.outputs * p.c;

    for (i64 n = blockIdx.y; n < p.n; n += gridDim.y) {
      f32 sum[vector] = {};
      i64 offset = n * output_image + first;
      i32 own = winner_of(p, pixel, rows.begin, columns.begin);
      for (i32 i = rows.begin; i < rows.end; ++i) {
        add_row(p, offset, columns.size(), own, sum);
        offset += p.columns.outputs * p.c;
        if constexpr (in_window) own -= p.rows.stride * p.columns.window;
      }
      store_f32(p.dx + n * input_image + input, sum);
    }
  }

 private:
  static constexpr bool in_window = sizeof(Winner) == 1;

  /// What an output's winner is where it is this pixel.
  HEDDLE_DEVICE static i32 winner_of(Params const& p, PoolPixel const& pixel, i32 i, i32 j) {
    if constexpr (!in_window) return pixel.row * p.columns.size + pixel.column;
    i32 const row = pixel.row + p.rows.padding - i * p.rows.stride;
    i32 const column = pixel.column + p.columns.padding - j * p.columns.stride;
    return row * p.columns.window + column;
  }

  /// Adds what comes from `count` neighbouring outputs, the first of which has its winner here when it is `own`.
  HEDDLE_DEVICE static void add_row(Params const& p, i64 offset, i32 count, i32 own, f32 (&sum)[vector]) {
    constexpr int together = 2;
    for (i32 first = 0; first < count; first += together) {
      Vector<T, vector> dy[together] = {};
      i32 winners[together][vector] = {};
      HEDDLE_UNROLL
      for (int i = 0; i < together; ++i) {
        if (first + i >= count) break;
        dy[i] = load_constant<Vector<T, vector>>(p.dy + offset + (first + i) * p.c);
        load_winners(p.winners + offset + (first + i) * p.c, winners[i]);
      }
      HEDDLE_UNROLL
      for (int i = 0; i < together; ++i) {
        if (first + i >= count) break;
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) sum[k] += winners[i][k] == own ? to_f32(dy[i].values[k]) : 0.0f;
        if constexpr (in_window) own -= p.columns.stride;
      }
    }
  }

  HEDDLE_DEVICE static void load_winners(Winner const* from, i32 (&winners)[vector]) {
    constexpr int width = vector < widest_vector<Winner> ? vector : widest_vector<Winner>;
    HEDDLE_UNROLL
    for (int first = 0; first < vector; first += width) {
      auto const part = load_constant<Vector<Winner, width>>(from + first);
      HEDDLE_UNROLL
      for (int k = 0; k < width; ++k) winners[first + k] = part.values[k];
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
