// The reduction of the columns of matrices [matrices, rows, columns], of elements that F makes and may write on the
// way:
//   result[m, j] = reduction over i of F(x[m, i, j])
//
// Threads: lane l of a team reads the 16 bytes of columns l * vector onwards, the teams of a block the rows after one
// another, four of them before the first is used. The states of a block's teams meet in shared memory, halving their
// number each time. Where all rows are one chunk, the block finishes them (kernels/tile/reducers.cuh). Else the blocks
// that share a column leave their states in the workspace, and ColumnReductionFinish merges them: two levels, in an
// order that only the shape decides.
//
// Floor: each element read once. 64 Mi bf16: 134 MB, 31 us at the 4.3 TB/s that an H200 copies; the states of at most
// 528 blocks come on top, 0.5 MB for sums. Not yet measured.
#pragma once

#include "kernels/tile/column_reduction_config.h"
#include "kernels/tile/elements.cuh"
#include "kernels/tile/reducers.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class F, class Reducer, class Finish>
struct ColumnReduction {
  static constexpr int threads = ColumnReductionPlan::threads;
  static constexpr int min_blocks = 2;
  static constexpr int accesses = 4;
  using Operands = ElementOperands<F>;
  using State = typename Reducer::State;
  using MergedBy = Reducer;
  static constexpr int widest = elements_of_access<F>;

  struct Params {
    i64 matrices, rows, columns;
    bool vectorised;
    ColumnReductionPlan plan;
    Operands operands;
    State* states;  // [matrices, chunks, columns], where there are several chunks
    Finish finish;
  };
  /// Element k of thread t at [k][t]: neighbouring threads in neighbouring banks, and those that go from k to k as
  /// well.
  struct SharedStorage {
    State states[widest][threads + 128 / static_cast<int>(sizeof(State)) / widest];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    p.vectorised ? reduce<widest>(p, shared) : reduce<1>(p, shared);
  }

 private:
  template <int n>
  HEDDLE_DEVICE static void reduce(Params const& p, SharedStorage& shared) {
    int const lane = static_cast<int>(threadIdx.x) % p.plan.lanes, team = static_cast<int>(threadIdx.x) / p.plan.lanes;
    i64 const column = (static_cast<i64>(blockIdx.x % p.plan.column_blocks) * p.plan.lanes + lane) * n;
    i64 const group = blockIdx.x / p.plan.column_blocks, chunk = group % p.plan.chunks, matrix = group / p.plan.chunks;
    State held[n];
    HEDDLE_UNROLL
    for (int k = 0; k < n; ++k) held[k] = Reducer::identity();
    if (column < p.columns) add_rows<n>(p, matrix, chunk, column, team, held);
    merge_teams<n>(p, shared, held);
    finish_columns<n>(p, shared, matrix, chunk);
  }

  /// Adds this team's rows of the chunk.
  template <int n>
  HEDDLE_DEVICE static void add_rows(Params const& p, i64 matrix, i64 chunk, i64 column, int team, State (&held)[n]) {
    i64 const teams = threads / p.plan.lanes, begin = chunk * p.plan.rows_of_chunk;
    i64 const end = begin + p.plan.rows_of_chunk < p.rows ? begin + p.plan.rows_of_chunk : p.rows;
    i64 const matrix_first = matrix * p.rows * p.columns + column;
    for (i64 first_row = begin + team; first_row < end; first_row += accesses * teams) {
      typename Operands::template Held<n> read[accesses];
      HEDDLE_UNROLL
      for (int access = 0; access < accesses; ++access) {
        i64 const row = first_row + access * teams;
        if (row < end) p.operands.template read<n>(matrix_first + row * p.columns, read[access]);
      }
      HEDDLE_UNROLL
      for (int access = 0; access < accesses; ++access) {
        i64 const row = first_row + access * teams;
        if (row >= end) continue;
        f32 values[F::inputs][n];
        p.operands.template evaluate<n>(matrix_first + row * p.columns, read[access], values);
        HEDDLE_UNROLL
        for (int k = 0; k < n; ++k) Reducer::add(held[k], values[0][k], row);
      }
    }
  }

  /// Leaves in the places of team 0 what all teams have held.
  template <int n>
  HEDDLE_DEVICE static void merge_teams(Params const& p, SharedStorage& shared, State (&held)[n]) {
    int const thread = static_cast<int>(threadIdx.x);
    for (int half = threads / 2; half >= p.plan.lanes; half /= 2) {
      if (thread >= half && thread < 2 * half) put(shared, thread, held);
      __syncthreads();
      if (thread < half) {
        HEDDLE_UNROLL
        for (int k = 0; k < n; ++k) Reducer::merge(held[k], load<State>(&shared.states[k][thread + half]));
      }
    }
    if (thread < p.plan.lanes) put(shared, thread, held);
    __syncthreads();
  }

  template <int n>
  HEDDLE_DEVICE static void put(SharedStorage& shared, int thread, State const (&held)[n]) {
    HEDDLE_UNROLL
    for (int k = 0; k < n; ++k) store(&shared.states[k][thread], held[k]);
  }

  /// Now each thread takes one column, so that neighbours write side by side.
  template <int n>
  HEDDLE_DEVICE static void finish_columns(Params const& p, SharedStorage const& shared, i64 matrix, i64 chunk) {
    int const thread = static_cast<int>(threadIdx.x), columns = p.plan.lanes * n;
    i64 const column = static_cast<i64>(blockIdx.x % p.plan.column_blocks) * columns + thread;
    if (thread >= columns || column >= p.columns) return;
    auto const state = load<State>(&shared.states[thread % n][thread / n]);
    if (p.plan.chunks == 1)
      p.finish(matrix * p.columns + column, state);
    else
      store(&p.states[(matrix * p.plan.chunks + chunk) * p.columns + column], state);
  }
};

/// Merges the states of the chunks, and finishes them. A block takes 32 columns of a matrix, one a
/// lane; its warps each merge every 16th chunk, and their states are merged in order.
template <class Reducer, class Finish>
struct ColumnReductionFinish {
  static constexpr int warps = 16;
  static constexpr int threads = 32 * warps;
  using State = typename Reducer::State;

  struct Params {
    i64 columns, chunks, column_blocks;
    State const* states;  // [matrices, chunks, columns]
    Finish finish;
  };
  struct SharedStorage {
    State states[warps][32];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    int const warp = static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
    i64 const matrix = blockIdx.x / p.column_blocks;
    i64 const column = static_cast<i64>(blockIdx.x % p.column_blocks) * 32 + lane;
    State state = Reducer::identity();
    if (column < p.columns)
      for (i64 chunk = warp; chunk < p.chunks; chunk += warps)
        Reducer::merge(state, load<State>(&p.states[(matrix * p.chunks + chunk) * p.columns + column]));
    store(&shared.states[warp][lane], state);
    __syncthreads();
    if (warp > 0 || column >= p.columns) return;
    for (int other = 1; other < warps; ++other) Reducer::merge(state, load<State>(&shared.states[other][lane]));
    p.finish(matrix * p.columns + column, state);
  }
};

}  // namespace heddle::HEDDLE_BACKEND
