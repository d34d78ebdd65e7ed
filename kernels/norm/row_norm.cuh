// Normalisation of rows, forward: layer normalisation  y = gamma * (x - mean) * rstd + beta,  rstd = 1 / sqrt(variance
// + epsilon), and root mean square normalisation, which takes 0 for the mean and has no beta. With a residual, x is the
// sum of x and residual, rounded to T, which is written as well.
//
// Threads: a team takes a row, a warp for short rows, the block for longer ones, a cluster of blocks for the longest.
// Neighbouring threads read neighbouring 16 bytes (TeamColumns, kernels/tile/row.cuh), and each keeps its part of the
// row in registers: x is read once. Mean, then sum of (x - mean)^2, from the registers: a large mean does not cancel.
// Rows too long for the registers are read three times, the later two mostly from L2.
//
// gamma and beta, f32 beside 16-bit elements, are read as two times 16 bytes a thread, 32 bytes apart: each request
// uses half of its sectors, and finds the other half in L1.
//
// Floor: each x read and each y written once. 8192 x 4096 in bf16: 134 MB, 31 us at the 4.3 TB/s that an H200 copies;
// with a residual twice that. 8 operations an element are far below its rate. Not yet measured.
#pragma once

#include "kernels/norm/row_norm_config.h"
#include "kernels/norm/row_norm_params.h"
#include "kernels/tile/row.cuh"
#include "kernels/tile/sum.cuh"
#include "kernels/tile/team_rows.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T, RowConfig config>
struct RowNormForward {
  static constexpr int threads = config.threads();
  static constexpr int cluster_size = config.cluster;
  static constexpr int vector = config.vector(sizeof(T));
  using Columns = TeamColumns<config.team(), vector, config.accesses>;
  using Row = TeamRow<T, vector, config.accesses>;
  using Sum = TeamSum<config.threads_per_row, 1, config.cluster>;

  using Params = RowNormForwardParams<T>;

  struct SharedStorage {
    [[no_unique_address]] typename Sum::SharedStorage sum;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    TeamRows<config> const rows;
    Columns const columns{p.columns, rows.thread};
    Sum team_sum(shared.sum);
    for (i64 row = rows.first; row < p.rows; row += rows.step) {
      i64 const offset = row * p.columns;
      Row const x(p.x + offset, columns, p.residual == nullptr ? nullptr : p.residual + offset);
      f32 const mean = p.mean == nullptr ? 0.0f : mean_of(p, columns, x, team_sum);
      f32 const rstd = rsqrtf(mean_square(p, columns, x, mean, team_sum) + p.epsilon);
      normalise(p, columns, x, mean, rstd, offset);
      if (columns.thread == 0) {
        if (p.mean != nullptr) p.mean[row] = mean;
        p.rstd[row] = rstd;
      }
    }
  }

 private:
  HEDDLE_DEVICE static f32 mean_of(Params const& p, Columns const& columns, Row const& x, Sum& team_sum) {
    f32 sum[1] = {0};
    columns.for_each([&](int i, i64 column) {
      f32 values[vector];
      x.get(i, column, values);
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) sum[0] += values[k];
    });
    team_sum(sum);
    return sum[0] * p.inverse_columns;
  }

  HEDDLE_DEVICE static f32 mean_square(Params const& p, Columns const& columns, Row const& x, f32 mean, Sum& team_sum) {
    f32 squares[1] = {0};
    columns.for_each([&](int i, i64 column) {
      f32 values[vector];
      x.get(i, column, values);
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) squares[0] += (values[k] - mean) * (values[k] - mean);
    });
    team_sum(squares);
    return squares[0] * p.inverse_columns;
  }

  HEDDLE_DEVICE static void normalise(Params const& p, Columns const& columns, Row const& x, f32 mean, f32 rstd,
                                      i64 offset) {
    columns.for_each([&](int i, i64 column) {
      f32 values[vector], gamma[vector], beta[vector] = {};
      x.get(i, column, values);
      if (p.sum != nullptr) store_f32(p.sum + offset + column, values);
      load_f32(p.gamma + column, gamma);
      if (p.beta != nullptr) load_f32(p.beta + column, beta);
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) values[k] = gamma[k] * ((values[k] - mean) * rstd) + beta[k];
      store_f32(p.y + offset + column, values);
    });
  }
};

}  // namespace heddle::HEDDLE_BACKEND
