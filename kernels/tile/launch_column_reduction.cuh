// The launches of a reduction of columns, and of what brings its chunks together.
#pragma once

#include "kernels/core/math.h"
#include "kernels/tile/column_reduction.cuh"

namespace heddle::HEDDLE_BACKEND {

/// finish(m * columns + j, {…}) of the states [matrices, chunks, columns] of a reduction.
template <class Reducer, class Finish>
void launch_column_reduction_finish(i64 matrices, i64 columns, i64 chunks, typename Reducer::State const* states,
                                    Finish const& finish, Stream stream, char const* name) {
  i64 const column_blocks = ceil_div<i64>(columns, 32);
  launch<ColumnReductionFinish<Reducer, Finish>>(dim3(static_cast<unsigned>(matrices * column_blocks)),
                                                 {columns, chunks, column_blocks, states, finish}, stream, name);
}

/// For at least one matrix and one column; their rows may be none.
template <class Reduction>
void launch_column_reduction(typename Reduction::Params const& p, Stream stream, char const* name) {
  launch<Reduction>(dim3(static_cast<unsigned>(p.matrices * p.plan.column_blocks * p.plan.chunks)), p, stream, name);
  if (p.plan.chunks > 1)
    launch_column_reduction_finish<typename Reduction::MergedBy>(p.matrices, p.columns, p.plan.chunks, p.states,
                                                                 p.finish, stream, name);
}

}  // namespace heddle::HEDDLE_BACKEND
