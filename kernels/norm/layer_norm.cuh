// Layer normalisation, forward:  y = gamma * (x - mean) * rstd + beta  per row, rstd = 1 / sqrt(variance + epsilon).
//
// Threads: a team of config.threads_per_row threads takes a row, a warp for short rows and the block for longer ones.
// Neighbouring threads read neighbouring 16 bytes (TeamColumns, kernels/tile/row.cuh), and each keeps its part of the
// row in registers: x is read once. Mean, then sum of (x - mean)^2, from the registers: a large mean does not cancel.
// Rows too long for the registers are read three times, the later two mostly from L2.
//
// Floor: each x read and each y written once. 8192 x 4096 in bf16: 134 MB, 31 us at the 4.3 TB/s that an H200 copies;
// 8 operations an element are far below its rate. Not yet measured.
#pragma once

#include "kernels/norm/layer_norm_config.h"
#include "kernels/tile/row.cuh"
#include "kernels/tile/sum.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T, LayerNormConfig config>
struct LayerNormForward {
  static constexpr int threads = config.threads();
  static constexpr int team = config.threads_per_row;
  static constexpr int vector = config.vector(sizeof(T));

  struct Params {
    i64 rows, columns;
    f32 inverse_columns;  // 1 / columns; 0 for none
    f32 epsilon;
    T const* x;        // [rows, columns]
    f32 const* gamma;  // [columns]
    f32 const* beta;   // [columns]
    T* y;              // [rows, columns]
    f32* mean;         // [rows]
    f32* rstd;         // [rows]
  };

  struct SharedStorage {
    SumStorage<team, 1> sum;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    TeamColumns<team, vector, config.accesses> const columns{p.columns, static_cast<int>(threadIdx.x) % team};
    i64 const first_row = static_cast<i64>(blockIdx.x) * config.rows_per_block + threadIdx.x / team;
    for (i64 row = first_row; row < p.rows; row += static_cast<i64>(gridDim.x) * config.rows_per_block) {
      TeamRow<T, vector, config.accesses> const x(p.x + row * p.columns, columns);

      f32 sum[1] = {0};
      columns.for_each([&](int i, i64 column) {
        f32 values[vector];
        x.get(i, column, values);
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) sum[0] += values[k];
      });
      team_sum<team>(sum, shared.sum);
      f32 const mean = sum[0] * p.inverse_columns;

      f32 squares[1] = {0};
      columns.for_each([&](int i, i64 column) {
        f32 values[vector];
        x.get(i, column, values);
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) squares[0] += (values[k] - mean) * (values[k] - mean);
      });
      team_sum<team>(squares, shared.sum);
      f32 const rstd = rsqrtf(squares[0] * p.inverse_columns + p.epsilon);

      columns.for_each([&](int i, i64 column) {
        f32 values[vector], gamma[vector], beta[vector];
        x.get(i, column, values);
        load_f32(p.gamma + column, gamma);
        load_f32(p.beta + column, beta);
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) values[k] = gamma[k] * ((values[k] - mean) * rstd) + beta[k];
        store_f32(p.y + row * p.columns + column, values);
      });
      if (columns.thread == 0) {
        p.mean[row] = mean;
        p.rstd[row] = rstd;
      }
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
