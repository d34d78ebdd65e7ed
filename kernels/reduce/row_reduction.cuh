// The reduction of the rows of a matrix, of elements that F makes:  result[i] = reduction over j of F(x[i, j])
//
// Threads: a warp takes a short row, a block a chunk of a long one. Neighbouring threads read neighbouring 16 bytes,
// each four of them before it uses the first. Their states meet by shuffles within a warp, then in shared memory. A row
// in several chunks leaves their states in the workspace, for ColumnReductionFinish
// (kernels/tile/column_reduction.cuh).
//
// Floor: each element read once. 64 Mi bf16: 134 MB, 31 us at the 4.3 TB/s that an H200 copies. Not yet measured.
#pragma once

#include "kernels/reduce/row_reduction_config.h"
#include "kernels/tile/elements.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class F, class Reducer, class Finish, int team>
struct RowReduction {
  static constexpr int threads = 256;
  static constexpr int rows_per_block = threads / team;
  static constexpr int warps = team / 32;
  static constexpr int accesses = 4;
  using Operands = ElementOperands<F>;
  using State = typename Reducer::State;

  struct Params {
    i64 rows, columns;
    bool vectorised;
    RowReductionPlan plan;
    Operands operands;
    State* states;  // [rows, chunks], where there are several chunks
    Finish finish;
  };
  struct SharedStorage {
    State states[warps > 1 ? warps : 1];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    i64 const row = blockIdx.x / p.plan.chunks * rows_per_block + threadIdx.x / team,
              chunk = blockIdx.x % p.plan.chunks;
    if (row >= p.rows) return;  // a whole warp, or the whole block
    State state = Reducer::identity();
    p.vectorised ? add_chunk<elements_of_access<F>>(p, row, chunk, state) : add_chunk<1>(p, row, chunk, state);
    merge_warp(state);
    if constexpr (warps > 1) merge_block(shared, state);
    if (threadIdx.x % team != 0) return;
    if (p.plan.chunks == 1)
      p.finish(row, state);
    else
      store(&p.states[row * p.plan.chunks + chunk], state);
  }

 private:
  template <int n>
  HEDDLE_DEVICE static void add_chunk(Params const& p, i64 row, i64 chunk, State& state) {
    i64 const begin = chunk * p.plan.chunk_columns, row_first = row * p.columns;
    i64 const end = begin + p.plan.chunk_columns < p.columns ? begin + p.plan.chunk_columns : p.columns;
    i64 const own = begin + static_cast<i64>(threadIdx.x % team) * n;
    for (i64 first = own; first < end; first += accesses * team * n) {
      typename Operands::template Held<n> read[accesses];
      HEDDLE_UNROLL
      for (int access = 0; access < accesses; ++access) {
        i64 const column = first + access * team * n;
        if (column < end) p.operands.template read<n>(row_first + column, read[access]);
      }
      HEDDLE_UNROLL
      for (int access = 0; access < accesses; ++access) {
        i64 const column = first + access * team * n;
        if (column >= end) continue;
        f32 values[F::inputs][n];
        p.operands.template evaluate<n>(row_first + column, read[access], values);
        HEDDLE_UNROLL
        for (int k = 0; k < n; ++k) Reducer::add(state, values[0][k], column + k);
      }
    }
  }

  HEDDLE_DEVICE static void merge_warp(State& state) {
    HEDDLE_UNROLL
    for (int distance = 16; distance > 0; distance /= 2) Reducer::merge(state, Reducer::shuffled(state, distance));
  }

  /// Leaves in thread 0 what all warps have.
  HEDDLE_DEVICE static void merge_block(SharedStorage& shared, State& state) {
    if (threadIdx.x % 32 == 0) store(&shared.states[threadIdx.x / 32], state);
    __syncthreads();
    if (threadIdx.x > 0) return;
    for (int warp = 1; warp < warps; ++warp) Reducer::merge(state, load<State>(&shared.states[warp]));
  }
};

}  // namespace heddle::HEDDLE_BACKEND
