// Normalisation of rows, backward. With g = gamma * dy and xhat = (x - mean) * rstd:
//   dx = rstd * (g - mean(g) - xhat * mean(g * xhat)) + dsum  per row, where dsum is what reaches x + residual by
//   another way; dgamma = sum of dy * xhat,  dbeta = sum of dy  over rows.
// For the root mean square, mean and mean(g) are 0 and there is no dbeta.
//
// Threads: teams and columns as in the forward pass (row_norm.cuh), but a team goes on to further rows, and each thread
// sums dgamma and dbeta of its columns in registers. The sums of a block's teams are added in shared memory, team after
// team, and written as one row of partial sums; RowNormBackwardFinish adds those rows. The order of all additions is
// fixed by the shape: no atomics, the same bits in every run. Rows too long for the registers are read twice, and their
// partial sums stay in global memory, where only their own thread touches them.
//
// Floor: x and dy read once, dx written once. 8192 x 4096 in bf16: 201 MB, 47 us at the 4.3 TB/s that an H200 copies.
// The partial sums add at most 132 rows of 4096 pairs of f32, 4.3 MB written and read. Where there are few rows, a pair
// comes of every 4 of them (16 of short ones): in 16-bit types two thirds of the tensors' bytes (a sixth), in f32 half
// of that, which the L2 cache holds. Fewer still would have multiprocessors idle. Not yet measured.
#pragma once

#include "kernels/norm/row_norm_config.h"
#include "kernels/norm/row_norm_params.h"
#include "kernels/tile/column_sums.cuh"
#include "kernels/tile/row.cuh"
#include "kernels/tile/sum.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T, RowConfig config>
struct RowNormBackward {
  static constexpr int threads = config.threads();
  static constexpr int cluster_size = config.cluster;
  static constexpr int vector = config.vector(sizeof(T));
  using Columns = TeamColumns<config.team(), vector, config.accesses>;
  using Row = TeamRow<T, vector, config.accesses>;
  using Sum = TeamSum<config.threads_per_row, 2, config.cluster>;
  using Sums = ColumnSums<config.team(), config.rows_per_block, vector, config.accesses>;

  using Params = RowNormBackwardParams<T>;

  struct SharedStorage {
    typename Sum::SharedStorage sum;
    typename Sums::SharedStorage columns;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const block_of_team = static_cast<int>(blockIdx.x) % config.cluster;
    int const thread = static_cast<int>(threadIdx.x) % config.threads_per_row;
    Columns const columns{p.columns, block_of_team * config.threads_per_row + thread};
    Sum team_sum(shared.sum);
    bool const centred = p.mean != nullptr;
    i64 const team = blockIdx.x / config.cluster;
    f32* const partial_sums = p.partial_sums + team * (centred ? 2 : 1) * p.columns;
    Sums dgamma(columns, partial_sums), dbeta(columns, centred ? partial_sums + p.columns : nullptr);

    i64 const first_row = team * config.rows_per_block + threadIdx.x / config.threads_per_row;
    i64 const step = static_cast<i64>(gridDim.x / config.cluster) * config.rows_per_block;
    for (i64 row = first_row; row < p.rows; row += step) {
      i64 const offset = row * p.columns;
      Row const x(p.x + offset, columns), dy(p.dy + offset, columns);
      f32 const mean = centred ? p.mean[row] : 0.0f, rstd = p.rstd[row];

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
        if (centred) dbeta.add(i, column, dys);
      });
      team_sum(sums);
      f32 const mean_g = centred ? sums[0] * p.inverse_columns : 0.0f, mean_g_xhat = sums[1] * p.inverse_columns;

      columns.for_each([&](int i, i64 column) {
        f32 values[vector], dys[vector], gamma[vector], dsum[vector] = {};
        x.get(i, column, values);
        dy.get(i, column, dys);
        load_f32(p.gamma + column, gamma);
        if (p.dsum != nullptr) load_f32(p.dsum + offset + column, dsum);
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) {
          f32 const xhat = (values[k] - mean) * rstd;
          values[k] = rstd * (gamma[k] * dys[k] - mean_g - xhat * mean_g_xhat) + dsum[k];
        }
        store_f32(p.dx + offset + column, values);
      });
    }
    dgamma.finish(columns, shared.columns);
    if (centred) dbeta.finish(columns, shared.columns);
  }
};

/// dgamma and dbeta: the sums of the columns of the partial sums. A block takes 32 of all columns, one a lane; its 8
/// warps each sum every eighth row, and their sums are added in order.
struct RowNormBackwardFinish {
  static constexpr int warps = 8;
  static constexpr int threads = 32 * warps;

  struct Params {
    i64 columns;
    i64 teams;
    f32 const* partial_sums;  // [teams, 2, columns], without dbeta [teams, 1, columns]
    f32* dgamma;              // [columns]
    f32* dbeta;               // [columns], or null
  };

  struct SharedStorage {
    f32 sums[warps][32];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    i64 const column = static_cast<i64>(blockIdx.x) * 32 + lane;
    i64 const all_columns = p.dbeta == nullptr ? p.columns : 2 * p.columns;
    f32 sum = 0;
    if (column < all_columns)
      for (i64 team = warp; team < p.teams; team += warps) sum += p.partial_sums[team * all_columns + column];
    shared.sums[warp][lane] = sum;
    __syncthreads();
    if (warp > 0 || column >= all_columns) return;
    HEDDLE_UNROLL
    for (int other = 1; other < warps; ++other) sum += shared.sums[other][lane];
    (column < p.columns ? p.dgamma[column] : p.dbeta[column - p.columns]) = sum;
  }
};

}  // namespace heddle::HEDDLE_BACKEND
