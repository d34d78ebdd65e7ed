// Losses on distances between rows, with their gradients: distance_loss.h gives the formulas. All gradients are
// differences of the rows, each times one number a row.
//
// Threads: a team takes a row of each tensor, a warp for short rows and the block for longer ones, and keeps them in
// registers; rows too long for that are read twice, the second time mostly from L2.
//
// Floor: a, b and c read once, their gradients written once. Triplets of 32768 x 512 in bf16: 201 MB, 47 us at the
// 4.3 TB/s that an H200 copies. Not yet measured.
#pragma once

#include "kernels/loss/distance_loss.h"
#include "kernels/tile/row.cuh"
#include "kernels/tile/row_config.h"
#include "kernels/tile/sum.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T, RowConfig config>
struct DistanceLossRows {
  static constexpr int threads = config.threads();
  static constexpr int team = config.threads_per_row;
  static constexpr int vector = config.vector(sizeof(T));
  using Row = TeamRow<T, vector, config.accesses>;

  struct Params {
    DistanceLoss kind;
    i64 rows, columns, centers;
    f32 margin, dloss;
    T const* a;         // [rows, columns]
    T const* b;         // [rows, columns] or [centers, columns]
    T const* c;         // [rows, columns], or not used
    i32 const* labels;  // [rows], or not used
    f32* loss;          // [rows]
    T* da;              // [rows, columns], or null, as the others
    T* db;
    T* dc;
  };

  struct SharedStorage {
    SumStorage<team, 2> sums;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    TeamColumns<team, vector, config.accesses> const columns{p.columns, static_cast<int>(threadIdx.x) % team};
    i64 const first_row = static_cast<i64>(blockIdx.x) * config.rows_per_block + threadIdx.x / team;
    for (i64 row = first_row; row < p.rows; row += static_cast<i64>(gridDim.x) * config.rows_per_block) {
      i64 const begin = row * p.columns;
      int const label = p.kind == DistanceLoss::triplet ? 1 : p.labels[row];
      bool const center = p.kind == DistanceLoss::center, valid = !center || (label >= 0 && label < p.centers);
      Row const a(p.a + begin, columns);
      Row const b(!center ? p.b + begin : valid ? p.b + label * p.columns : p.a + begin, columns);
      Row const c(p.kind == DistanceLoss::triplet ? p.c + begin : p.a + begin, columns);

      f32 squares[2] = {0, 0};  // of a - b, and of a - c
      columns.for_each([&](int i, i64 column) {
        f32 from_b[vector], from_c[vector];
        differences(a, b, c, i, column, from_b, from_c);
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) {
          squares[0] += from_b[k] * from_b[k];
          squares[1] += from_c[k] * from_c[k];
        }
      });
      team_sum<team>(squares, shared.sums);

      Factors const of_row = valid ? factors(p, label, squares) : Factors{__builtin_nanf(""), __builtin_nanf(""), 0};
      if (columns.thread == 0) p.loss[row] = of_row.loss;
      columns.for_each([&](int i, i64 column) {
        f32 from_b[vector], from_c[vector];
        differences(a, b, c, i, column, from_b, from_c);
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) {
          from_b[k] *= p.dloss * of_row.from_b;
          from_c[k] *= p.dloss * of_row.from_c;
        }
        if (p.da) store_sum(p.da + begin + column, 1, from_b, 1, from_c);
        if (p.db) store_sum(p.db + begin + column, -1, from_b, 0, from_c);
        if (p.dc) store_sum(p.dc + begin + column, 0, from_b, -1, from_c);
      });
    }
  }

 private:
  /// The loss of a row, and what the differences a - b and a - c are multiplied by in the gradients.
  struct Factors {
    f32 loss, from_b, from_c;
  };

  HEDDLE_DEVICE static f32 inverse(f32 distance) { return distance == 0 ? 0.0f : 1 / distance; }

  HEDDLE_DEVICE static Factors factors(Params const& p, int label, f32 const (&squares)[2]) {
    f32 const ab = sqrtf(squares[0]), ac = sqrtf(squares[1]);
    if (p.kind == DistanceLoss::center || (p.kind == DistanceLoss::contrastive && label == 1))
      return {squares[0] / 2, 1, 0};
    if (p.kind == DistanceLoss::contrastive) {
      f32 const inside = ab < p.margin ? p.margin - ab : ab >= p.margin ? 0.0f : ab;  // NaN stays
      return {inside * inside / 2, -inside * inverse(ab), 0};
    }
    f32 const inside = ab - ac + p.margin;
    if (inside <= 0) return {0, 0, 0};
    return {inside, inverse(ab), -inverse(ac)};
  }

  HEDDLE_DEVICE static void differences(Row const& a, Row const& b, Row const& c, int i, i64 column,
                                        f32 (&from_b)[vector], f32 (&from_c)[vector]) {
    f32 values[vector];
    a.get(i, column, values);
    b.get(i, column, from_b);
    c.get(i, column, from_c);
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) {
      from_b[k] = values[k] - from_b[k];
      from_c[k] = values[k] - from_c[k];
    }
  }

  HEDDLE_DEVICE static void store_sum(T* p, f32 of_b, f32 const (&from_b)[vector], f32 of_c,
                                      f32 const (&from_c)[vector]) {
    f32 sum[vector];
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) sum[k] = of_b * from_b[k] + of_c * from_c[k];
    store_f32(p, sum);
  }
};

}  // namespace heddle::HEDDLE_BACKEND
