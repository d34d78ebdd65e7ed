// How a kernel that takes a row at a time shares its work out among threads (row.cuh).
#pragma once

#include <span>

#include "kernels/core/math.h"
#include "kernels/core/types.h"

namespace heddle {

struct RowConfig {
  int threads_per_row = 32;  // of a block: 32, then a warp takes a row, or the whole block
  int rows_per_block = 1;    // at a time; more than one only with a warp per row
  bool vectorised = false;   // 16 bytes an access, else one element
  int accesses = 0;          // of a thread to a row that it keeps in registers; 0: rows of any length, read at each use
  int cluster = 1;           // blocks that take a row together

  constexpr int threads() const { return threads_per_row * rows_per_block; }
  /// Threads of all blocks that share a row.
  constexpr int team() const { return threads_per_row * cluster; }
  /// Elements of one access.
  constexpr int vector(i64 element_bytes) const { return vectorised ? static_cast<int>(16 / element_bytes) : 1; }
  friend constexpr bool operator==(RowConfig const&, RowConfig const&) = default;
};

/// What the choice rests on beside the shape.
struct RowLaunch {
  i64 element_bytes = 4;
  bool aligned = true;    // all pointers to 16 bytes
  int architecture = 80;  // of the kernels that run: clusters need 90
};

/// Whether a kernel of that configuration is right for rows of `columns`.
constexpr bool supports(RowConfig const& config, i64 columns, RowLaunch const& launch) {
  i64 const vector = config.vector(launch.element_bytes);
  if (config.vectorised && (!launch.aligned || columns % vector != 0)) return false;
  if (config.cluster > 1 && launch.architecture < 90) return false;
  return config.accesses == 0 || columns <= vector * config.team() * config.accesses;
}

/// The first candidate that supports the rows; the last one must take any.
constexpr RowConfig choose(std::span<RowConfig const> candidates, i64 columns, RowLaunch const& launch) {
  for (RowConfig const& config : candidates)
    if (supports(config, columns, launch)) return config;
  return candidates.back();
}

/// Blocks that cover the rows, whole clusters of them; a block goes on to further rows where a grid cannot be that
/// large.
constexpr unsigned row_blocks(RowConfig const& config, i64 rows) {
  i64 const teams = ceil_div<i64>(rows, config.rows_per_block), most = 0x7fffffff / config.cluster;
  return static_cast<unsigned>((teams < most ? teams : most) * config.cluster);
}

}  // namespace heddle
