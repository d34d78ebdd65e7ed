// How a reduction of columns is shared out: by the shape alone, so that the order of additions never depends on the
// card.
#pragma once

#include <algorithm>
#include <bit>

#include "kernels/core/math.h"
#include "kernels/core/types.h"

namespace heddle {

/// A block takes `lanes` accesses side by side, of 256 / lanes rows at a time, from row chunk * rows_of_chunk on.
struct ColumnReductionPlan {
  static constexpr int threads = 256;

  int lanes = 1;          // a power of two, at most 32
  i64 column_blocks = 0;  // to cover all columns
  i64 chunks = 1;         // of rows
  i64 rows_of_chunk = 0;
};

/// For `matrices` matrices of one shape, read `vector` columns an access.
constexpr ColumnReductionPlan plan_column_reduction(i64 matrices, i64 rows, i64 columns, int vector) {
  // 4 blocks for each of the 132 multiprocessors of an H200: with 4 accesses of 16 bytes a thread, 64 KB in flight.
  constexpr i64 most_blocks = 4 * 132;
  ColumnReductionPlan plan;
  i64 const accesses = std::max<i64>(1, ceil_div<i64>(columns, vector));
  plan.lanes = static_cast<int>(std::min<i64>(32, static_cast<i64>(std::bit_ceil(static_cast<u64>(accesses)))));
  plan.column_blocks = ceil_div<i64>(accesses, plan.lanes);
  i64 const teams = ColumnReductionPlan::threads / plan.lanes;
  i64 const wanted = ceil_div<i64>(rows, 8 * teams);  // two rounds of 4 accesses a thread, or no further block
  i64 const others = std::max<i64>(1, matrices * plan.column_blocks);
  plan.chunks = std::max<i64>(1, std::min(wanted, most_blocks / others));
  plan.rows_of_chunk = ceil_div<i64>(rows, plan.chunks);
  return plan;
}

}  // namespace heddle
