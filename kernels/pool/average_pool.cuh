// Average pooling and its gradient. Threads: each has a pixel and some channels (pool_pixel.cuh); forward the pixel is
// one of the output, and the thread goes through its window; backward it is one of the input, and the thread goes
// through the outputs whose windows cover it, in their order: no atomics, the same bits in every run.
//
// Floor: forward x read once, y written once; backward the other way round. 256 images of 56 x 56 x 256, windows of
// 2 x 2, in bf16: 411 MB + 103 MB, 120 us at the 4.3 TB/s that an H200 copies. Not yet measured.
#pragma once

#include "kernels/pool/average_pool_params.h"
#include "kernels/pool/pool_pixel.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T>
struct AveragePoolKernelParams {
  AveragePoolParams<T> pool;
  PoolPixels pixels;  // of what is written
};

template <int vector, class T>
HEDDLE_DEVICE void add_scaled(Vector<T, vector> const& values, f32 scale, f32 (&sum)[vector]) {
  HEDDLE_UNROLL
  for (int k = 0; k < vector; ++k) sum[k] += to_f32(values.values[k]) * scale;
}

template <class T, int vector>
struct AveragePoolForward {
  static constexpr int threads = pool_threads;
  using Params = AveragePoolKernelParams<T>;
  struct SharedStorage {};

  HEDDLE_DEVICE void operator()(Params const& params, SharedStorage&) const {
    PoolPixel const pixel = pool_pixel(params.pixels);
    if (!pixel.inside) return;
    AveragePoolParams<T> const& p = params.pool;
    PositionRange const rows = p.rows.inputs_of(pixel.row), columns = p.columns.inputs_of(pixel.column);
    i64 const first = (static_cast<i64>(rows.begin) * p.columns.size + columns.begin) * p.c + pixel.group * vector;
    i64 const output = (static_cast<i64>(pixel.row) * p.columns.outputs + pixel.column) * p.c + pixel.group * vector;
    i64 const input_image = static_cast<i64>(p.rows.size) * p.columns.size * p.c;
    i64 const output_image = static_cast<i64>(p.rows.outputs) * p.columns.outputs * p.c;
    f32 const share = 1.0f / static_cast<f32>(p.divisor > 0 ? p.divisor : rows.size() * columns.size());

    for (i64 n = blockIdx.y; n < p.n; n += gridDim.y) {
      f32 sum[vector] = {};
      T const* row = p.from + n * input_image + first;
      for (i32 i = rows.begin; i < rows.end; ++i, row += p.columns.size * p.c)
        for_each_access<vector, 4>(row, columns.size(), p.c,
                                   [&](i32, Vector<T, vector> const& x) { add_scaled(x, 1.0f, sum); });
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) sum[k] *= share;
      store_f32(p.to + n * output_image + output, sum);
    }
  }
};

template <class T, int vector>
struct AveragePoolBackward {
  static constexpr int threads = pool_threads;
  using Params = AveragePoolKernelParams<T>;
  struct SharedStorage {};

  HEDDLE_DEVICE void operator()(Params const& params, SharedStorage&) const {
    PoolPixel const pixel = pool_pixel(params.pixels);
    if (!pixel.inside) return;
    AveragePoolParams<T> const& p = params.pool;
    PositionRange const rows = p.rows.outputs_of(pixel.row), columns = p.columns.outputs_of(pixel.column);
    i64 const input = (static_cast<i64>(pixel.row) * p.columns.size + pixel.column) * p.c + pixel.group * vector;
    i64 const first = (static_cast<i64>(rows.begin) * p.columns.outputs + columns.begin) * p.c + pixel.group * vector;
    i64 const input_image = static_cast<i64>(p.rows.size) * p.columns.size * p.c;
    i64 const output_image = static_cast<i64>(p.rows.outputs) * p.columns.outputs * p.c;

    for (i64 n = blockIdx.y; n < p.n; n += gridDim.y) {
      f32 sum[vector] = {};
      T const* row = p.from + n * output_image + first;
      for (i32 i = rows.begin; i < rows.end; ++i, row += p.columns.outputs * p.c) {
        f32 const row_share = p.divisor > 0 ? 1.0f / static_cast<f32>(p.divisor) : share_of(p.rows, i);
        for_each_access<vector, 2>(row, columns.size(), p.c, [&](i32 j, Vector<T, vector> const& dy) {
          f32 const share = p.divisor > 0 ? row_share : row_share * share_of(p.columns, columns.begin + j);
          add_scaled(dy, share, sum);
        });
      }
      store_f32(p.to + n * input_image + input, sum);
    }
  }

 private:
  /// Of one position in the window of an output.
  HEDDLE_DEVICE static f32 share_of(PoolAxis const& axis, i32 output) {
    return 1.0f / static_cast<f32>(axis.inputs_of(output).size());
  }
};

}  // namespace heddle::HEDDLE_BACKEND
