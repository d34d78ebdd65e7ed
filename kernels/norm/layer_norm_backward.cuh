// Layer normalisation, backward. With g = gamma * dy and xhat = (x - mean) * rstd:
//   dx = rstd * (g - mean(g) - xhat * mean(g * xhat))  per row;  dgamma = sum of dy * xhat,  dbeta = sum of dy  over
//   rows.
//
// Threads: teams and columns as in the forward pass (layer_norm.cuh), but a block goes on to further rows, and each
// thread sums dgamma and dbeta of its columns in registers. The sums of a block's teams are added in shared memory,
// team after team, and written as one row of partial sums; LayerNormBackwardFinish adds those rows. The order of all
// additions is fixed by the shape: no atomics, the same bits in every run. Rows too long for the registers are read
// twice, and their partial sums stay in global memory, where only their own thread touches them.
//
// Floor: x and dy read once, dx written once. 8192 x 4096 in bf16: 201 MB, 47 us at the 4.3 TB/s that an H200 copies.
// The partial sums add at most 132 rows of 4096 pairs of f32, 4.3 MB written and read. Not yet measured.
#pragma once

#include "kernels/norm/layer_norm_config.h"
#include "kernels/tile/column_sums.cuh"
#include "kernels/tile/row.cuh"
#include "kernels/tile/sum.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T, LayerNormConfig config>
struct LayerNormBackward {
  static constexpr int threads = config.threads();
  static constexpr int team = config.threads_per_row;
  static constexpr int vector = config.vector(sizeof(T));
  using Columns = TeamColumns<team, vector, config.accesses>;
  using Row = TeamRow<T, vector, config.accesses>;
  using Sums = ColumnSums<team, config.rows_per_block, vector, config.accesses>;

  struct Params {
    i64 rows, columns;
    f32 inverse_columns;
    T const* x;         // [rows, columns]
    T const* dy;        // [rows, columns]
    f32 const* gamma;   // [columns]
    f32 const* mean;    // [rows]
    f32 const* rstd;    // [rows]
    T* dx;              // [rows, columns]
    f32* partial_sums;  // [blocks, 2, columns]: dgamma, dbeta
  };

  struct SharedStorage {
    SumStorage<team, 2> sum;
    typename Sums::SharedStorage columns;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    Columns const columns{p.columns, static_cast<int>(threadIdx.x) % team};
    f32* const block_sums = p.partial_sums + static_cast<i64>(blockIdx.x) * 2 * p.columns;
    Sums dgamma(columns, block_sums), dbeta(columns, block_sums + p.columns);

    i64 const first_row = static_cast<i64>(blockIdx.x) * config.rows_per_block + threadIdx.x / team;
    for (i64 row = first_row; row < p.rows; row += static_cast<i64>(gridDim.x) * config.rows_per_block) {
      Row const x(p.x + row * p.columns, columns), dy(p.dy + row * p.columns, columns);
      f32 const mean = p.mean[row], rstd = p.rstd[row];

      f32 sums[2] = {0, 0};  // of g and of g * xhat
      columns.for_each([&](int i, i64 column) {
        f32 xhat[vector], dys[vector], gamma[vector];
        x.get(i, column, xhat);
        dy.get(i, column, dys);
        load_f32(p.gamma + column, gamma);
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) {
          xhat[k] = (xhat[k] - mean) * rstd;
          f32 const g = gamma[k] * dys[k];
          sums[0] += g;
          sums[1] += g * xhat[k];
          xhat[k] *= dys[k];
        }
        dgamma.add(i, column, xhat);
        dbeta.add(i, column, dys);
      });
      team_sum<team>(sums, shared.sum);
      f32 const mean_g = sums[0] * p.inverse_columns, mean_g_xhat = sums[1] * p.inverse_columns;

      columns.for_each([&](int i, i64 column) {
        f32 values[vector], dys[vector], gamma[vector];
        x.get(i, column, values);
        dy.get(i, column, dys);
        load_f32(p.gamma + column, gamma);
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) {
          f32 const xhat = (values[k] - mean) * rstd;
          values[k] = rstd * (gamma[k] * dys[k] - mean_g - xhat * mean_g_xhat);
        }
        store_f32(p.dx + row * p.columns + column, values);
      });
    }
    dgamma.finish(columns, shared.columns);
    dbeta.finish(columns, shared.columns);
  }
};

/// dgamma and dbeta: the sums of the columns of the partial sums. A block takes 32 of the 2 * columns columns, one a
/// lane; its 8 warps each sum every eighth row, and their sums are added in order.
struct LayerNormBackwardFinish {
  static constexpr int warps = 8;
  static constexpr int threads = 32 * warps;

  struct Params {
    i64 columns;
    i64 blocks;
    f32 const* partial_sums;  // [blocks, 2, columns]
    f32* dgamma;              // [columns]
    f32* dbeta;               // [columns]
  };

  struct SharedStorage {
    f32 sums[warps][32];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    i64 const column = static_cast<i64>(blockIdx.x) * 32 + lane;
    f32 sum = 0;
    if (column < 2 * p.columns)
      for (i64 block = warp; block < p.blocks; block += warps) sum += p.partial_sums[block * 2 * p.columns + column];
    shared.sums[warp][lane] = sum;
    __syncthreads();
    if (warp > 0 || column >= 2 * p.columns) return;
    HEDDLE_UNROLL
    for (int other = 1; other < warps; ++other) sum += shared.sums[other][lane];
    (column < p.columns ? p.dgamma[column] : p.dbeta[column - p.columns]) = sum;
  }
};

}  // namespace heddle::HEDDLE_BACKEND
