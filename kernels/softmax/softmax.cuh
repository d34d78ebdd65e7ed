// Softmax and log-softmax, forward:  y = exp(z - highest) / sum  or  z - highest - log(sum)  per row, where z is
// scale * x + bias, and -infinity where the mask is 0.
//
// Threads: a team takes a row, a warp for short rows, the block for longer ones, a cluster of blocks for the longest.
// Neighbouring threads read neighbouring 16 bytes (TeamColumns, kernels/tile/row.cuh), and each keeps its part of the
// row in registers: x is read once, and one exponential is taken of each element. Rows too long for the registers are
// read twice (RowExponentials, kernels/tile/exponentials.cuh), the second time mostly from L2.
//
// Floor: each x read and each y written once. 8192 x 4096 in bf16: 134 MB, 31 us at the 4.3 TB/s that an H200 copies.
// One exponential an element: 34 M, 9 us at 16 a cycle of each of 132 multiprocessors. Not yet measured.
#pragma once

#include "kernels/tile/exponentials.cuh"
#include "kernels/tile/team_rows.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T, RowConfig config>
struct SoftmaxForward {
  static constexpr int threads = config.threads();
  static constexpr int min_blocks = config.accesses > 4 ? 512 / threads : 0;  // not more: ptxas would spill
  static constexpr int cluster_size = config.cluster;
  static constexpr int vector = config.vector(sizeof(T));
  using Columns = TeamColumns<config.team(), vector, config.accesses>;
  using Team = TeamSumAndMaximum<config.threads_per_row, config.cluster>;

  struct Params {
    i64 rows, columns, mask_rows;
    bool logarithm;
    f32 scale;
    T const* x;      // [rows, columns]
    T const* bias;   // [mask_rows, columns], or null
    u8 const* mask;  // [mask_rows, columns], or null
    T* y;            // [rows, columns]
  };

  struct SharedStorage {
    [[no_unique_address]] typename Team::SharedStorage sum;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    TeamRows<config> const rows;
    Columns const columns{p.columns, rows.thread};
    Team team(shared.sum);
    for (i64 row = rows.first; row < p.rows; row += rows.step) {
      i64 const mask_row = p.bias || p.mask ? row % p.mask_rows * p.columns : 0;
      Scores const scores{p, p.x + row * p.columns, mask_row};
      Exponentials const z(columns, scores, p.logarithm, team);
      f32 const log_sum = z.sum() == 0 ? 0.0f : logf(z.sum());
      f32 const share = z.sum() == 0 ? 0.0f : 1 / z.sum();
      columns.for_each([&](int i, i64 column) {
        f32 y[vector];
        if (p.logarithm)
          z.scores(i, column, y);
        else
          z.exponentials(i, column, y);
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) y[k] = p.logarithm ? y[k] - log_sum : y[k] * share;
        store_f32(p.y + row * p.columns + column, y);
      });
    }
  }

 private:
  /// z of one row.
  struct Scores {
    Params const& p;
    T const* x;
    i64 mask_row;  // where the row begins in mask and bias

    HEDDLE_DEVICE void load(i64 column, f32 (&z)[vector]) const { load_f32(x + column, z); }

    HEDDLE_DEVICE void finish(i64 column, f32 (&z)[vector]) const {
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) z[k] *= p.scale;
      if (p.bias) {
        f32 bias[vector];
        load_f32(p.bias + mask_row + column, bias);
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) z[k] += bias[k];
      }
      if (p.mask) {
        auto const mask = load_constant<Vector<u8, vector>>(p.mask + mask_row + column);
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) z[k] = mask.values[k] == 0 ? minus_infinity : z[k];
      }
    }
  };
  using Exponentials = RowExponentials<config.threads_per_row, vector, config.accesses, Scores, config.cluster>;
};

}  // namespace heddle::HEDDLE_BACKEND
