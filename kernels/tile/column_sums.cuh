// Sums of columns over the rows that a block goes through: what dgamma, dbeta and every bias gradient need.
#pragma once

#include <type_traits>

#include "kernels/tile/row.cuh"

namespace heddle::HEDDLE_BACKEND {

/// The sums of this thread's columns over its team's rows: in registers when `accesses` > 0.
/// `teams` teams of `team` threads make up the block.
template <int team, int teams, int vector, int accesses>
class ColumnSums {
 public:
  using Columns = TeamColumns<team, vector, accesses>;

  struct SharedOfTeams {
    f32 sums[team * vector * accesses];
  };
  struct Nothing {};
  using SharedStorage = std::conditional_t<(teams > 1), SharedOfTeams, Nothing>;

  /// `sums` [columns] receives the block's sums; null when nothing is added.
  HEDDLE_DEVICE ColumnSums(Columns const&, f32* sums) : sums_(sums) {}

  HEDDLE_DEVICE void add(int i, i64, f32 const (&values)[vector]) {
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) held_[i][k] += values[k];
  }

  /// Adds up the teams in their order and writes the block's sums. All threads of the block call this.
  HEDDLE_DEVICE void finish(Columns const& columns, SharedStorage& shared) {
    if constexpr (teams > 1) {
      int const own_turn = static_cast<int>(threadIdx.x) / team;
      for (int turn = 0; turn < teams; ++turn) {
        __syncthreads();
        if (turn == own_turn) take_turn(columns, shared, turn);
      }
    } else {
      columns.for_each([&](int i, i64 column) { store_f32(sums_ + column, held_[i]); });
    }
  }

 private:
  HEDDLE_DEVICE void take_turn(Columns const& columns, SharedStorage& shared, int turn) {
    columns.for_each([&](int i, i64 column) {
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) {
        if (turn > 0) held_[i][k] += shared.sums[column + k];
        if (turn < teams - 1) shared.sums[column + k] = held_[i][k];
      }
      if (turn == teams - 1) store_f32(sums_ + column, held_[i]);
    });
  }

  f32* sums_;
  f32 held_[accesses][vector] = {};
};

/// The same in global memory, for a row of any length, which one team takes.
template <int team, int vector>
class ColumnSums<team, 1, vector, 0> {
 public:
  using Columns = TeamColumns<team, vector, 0>;
  struct SharedStorage {};

  HEDDLE_DEVICE ColumnSums(Columns const& columns, f32* sums) : sums_(sums) {
    f32 const zero[vector] = {};
    if (sums != nullptr) columns.for_each([&](int, i64 column) { store_f32(sums_ + column, zero); });
  }

  HEDDLE_DEVICE void add(int, i64 column, f32 const (&values)[vector]) {
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) sums_[column + k] += values[k];
  }

  HEDDLE_DEVICE void finish(Columns const&, SharedStorage&) {}

 private:
  f32* sums_;
};

}  // namespace heddle::HEDDLE_BACKEND
