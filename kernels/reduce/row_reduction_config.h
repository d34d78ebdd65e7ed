// How a reduction of rows is shared out: by the shape alone, so that the order of additions never depends on the card.
#pragma once

#include <algorithm>

#include "kernels/core/math.h"
#include "kernels/core/types.h"

namespace heddle {

struct RowReductionPlan {
  bool warp_a_row = true;  // else a block takes a row, or a chunk of one
  i64 chunks = 1;          // of a row
  i64 chunk_columns = 0;   // a multiple of 16
};

/// Rows that a block of 256 threads fills with four accesses a thread are shared by blocks, of which there are to be 4
/// for each of the 132 multiprocessors of an H200.
constexpr RowReductionPlan plan_row_reduction(i64 rows, i64 columns, int vector) {
  constexpr i64 most_blocks = 4 * 132;
  i64 const block_columns = i64{256} * 4 * vector;
  RowReductionPlan plan;
  plan.warp_a_row = columns <= block_columns / 2;
  if (!plan.warp_a_row)
    plan.chunks = std::clamp<i64>(most_blocks / std::max<i64>(rows, 1), 1, ceil_div(columns, 2 * block_columns));
  plan.chunk_columns = round_up<i64>(ceil_div(columns, plan.chunks), 16);
  plan.chunks = std::max<i64>(1, ceil_div(columns, std::max<i64>(plan.chunk_columns, 1)));
  return plan;
}

}  // namespace heddle
