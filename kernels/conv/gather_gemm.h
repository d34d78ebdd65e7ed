// A small matrix product whose left factor is gathered in place: what all directions of a convolution come down to.
#pragma once

#include <span>

#include "kernels/core/types.h"

namespace heddle::cpu {

/// Rows and columns of a register tile: 6 x 16 f32 are 12 of the 16 AVX registers, which leaves room for two vectors of
/// the right factor and a broadcast; 12 independent sums hide the latency of fused multiply-add (4 cycles, 2 a cycle).
inline constexpr i64 tile_rows = 6;
inline constexpr i64 tile_columns = 16;
inline constexpr i64 vector_length = 8;

/// The width of the panel that begins `left` columns before the last one: a full tile, or half of one at the end.
constexpr i64 panel_width(i64 left) { return left > vector_length ? tile_columns : vector_length; }

/// Where the elements of one row of the left factor lie, relative to the row's pointer: run after run, `length`
/// elements each, `step` apart.
struct GatherRuns {
  std::span<i64 const> begins;
  i64 length = 0;
  i64 step = 1;
};

/// Up to tile_rows rows of the product.
struct GatherTile {
  i64 rows = 0;
  f32 const* a[tile_rows] = {};  // per row; read as the runs say
  f32 const* b = nullptr;        // [elements of all runs, panel_width(columns)], zero beyond `columns`
  f32* c[tile_rows] = {};        // per row, `columns` elements
  i64 columns = 0;               // at most tile_columns
  bool accumulate = false;       // add to c instead of overwriting it
};

/// c[row] (+)= sum over the elements e of the runs of a[row][e] * b[e], in the order of the runs.
void gather_gemm(GatherTile const& tile, GatherRuns const& runs);

}  // namespace heddle::cpu
