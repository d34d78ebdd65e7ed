// exp(z - highest) over a row of scores z, and its sum: the heart of softmax and of the losses on it.
#pragma once

#include "kernels/tile/maximum.cuh"
#include "kernels/tile/row.cuh"

namespace heddle::HEDDLE_BACKEND {

inline constexpr f32 minus_infinity = -__builtin_huge_valf();

/// exp(x), with a relative error of at most (2 |x| + 4) * 2^-24.
HEDDLE_DEVICE inline f32 exponential(f32 x) { return exp2_approximate(x * 1.4426950408889634f); }

/// A row of scores. `scores.load(column, z)` reads what stands at a column of it, and `scores.finish(column, z)` makes
/// scores of that, two steps so that all loads of a thread are on their way before the first is used. With `accesses` >
/// 0 each is read once and kept in registers; with 0 it is read at each use, and the sum is made online: on a higher
/// score what was summed before is scaled (Milakov, Gimelshein 2018, "Online normalizer calculation for softmax", arXiv
/// 1805.02867). The team is `threads` threads of each of `blocks` blocks, all of which construct one together.
template <int threads, int vector, int accesses, class Scores, int blocks = 1>
class RowExponentials {
 public:
  using Columns = TeamColumns<threads * blocks, vector, accesses>;
  using Team = TeamSumAndMaximum<threads, blocks>;

  /// `keep_scores`: scores() will be called; else only exponentials(), which then cost nothing more.
  HEDDLE_DEVICE RowExponentials(Columns const& columns, Scores const& scores, bool keep_scores, Team& team)
      : scores_(scores), keep_scores_(keep_scores) {
    if constexpr (accesses > 0)
      keep(columns, team);
    else
      stream(columns, team);
  }

  /// The highest score; 0 when all are -infinity, whose exponentials are then all 0.
  HEDDLE_DEVICE f32 highest() const { return highest_; }
  /// Of all exp(z - highest).
  HEDDLE_DEVICE f32 sum() const { return sum_; }

  /// z - highest of access i, which starts at `column`.
  HEDDLE_DEVICE void scores(int i, i64 column, f32 (&values)[vector]) const {
    if constexpr (accesses == 0) read(column, values);
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) values[k] = accesses > 0 ? kept_[i][k] : values[k] - highest_;
  }

  /// exp(z - highest) likewise.
  HEDDLE_DEVICE void exponentials(int i, i64 column, f32 (&values)[vector]) const {
    scores(i, column, values);
    if (accesses > 0 && !keep_scores_) return;
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) values[k] = exponential(values[k]);
  }

 private:
  HEDDLE_DEVICE static f32 finite_or_zero(f32 highest) { return highest == minus_infinity ? 0.0f : highest; }

  HEDDLE_DEVICE void read(i64 column, f32 (&z)[vector]) const {
    scores_.load(column, z);
    scores_.finish(column, z);
  }

  HEDDLE_DEVICE void keep(Columns const& columns, Team& team) {
    columns.for_each([&](int i, i64 column) { scores_.load(column, kept_[i]); });
    f32 highest = minus_infinity;
    columns.for_each([&](int i, i64 column) {
      scores_.finish(column, kept_[i]);
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) highest = fmaxf(highest, kept_[i][k]);
    });
    highest_ = finite_or_zero(team.maximum(highest));
    f32 sum[1] = {0};
    columns.for_each([&](int i, i64) {
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) {
        f32 const score = kept_[i][k] - highest_, e = exponential(score);
        sum[0] += e;
        kept_[i][k] = keep_scores_ ? score : e;
      }
    });
    team(sum);
    sum_ = sum[0];
  }

  HEDDLE_DEVICE void stream(Columns const& columns, Team& team) {
    f32 highest = minus_infinity, sum[1] = {0};
    columns.for_each([&](int, i64 column) {
      f32 z[vector];
      read(column, z);
      f32 const before = highest;
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) highest = fmaxf(highest, z[k]);
      f32 const shift = finite_or_zero(highest);
      sum[0] *= exponential(before - shift);
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) sum[0] += exponential(z[k] - shift);
    });
    highest_ = finite_or_zero(team.maximum(highest));
    sum[0] *= exponential(highest - highest_);
    team(sum);
    sum_ = sum[0];
  }

  Scores const& scores_;
  bool keep_scores_;
  f32 highest_, sum_;
  f32 kept_[accesses > 0 ? accesses : 1][vector];  // scores or exponentials
};

}  // namespace heddle::HEDDLE_BACKEND
