// How the kernels that normalise rows share their work out: the candidates, from the narrowest rows to any.
#pragma once

#include <span>

#include "kernels/core/math.h"
#include "kernels/core/types.h"

namespace heddle {

struct RowNormConfig {
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
  friend constexpr bool operator==(RowNormConfig const&, RowNormConfig const&) = default;
};

// At most 32 registers hold a row, so that two blocks of 512 threads fit on a multiprocessor.
inline constexpr RowNormConfig row_norm_forward_configs[] = {
    // columns up to:                                                                         16-bit types   f32
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = true, .accesses = 1},   //    256          128
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = true, .accesses = 4},   //   1024          512
    {.threads_per_row = 128, .vectorised = true, .accesses = 4},                       //   4096         2048
    {.threads_per_row = 256, .vectorised = true, .accesses = 8},                       //  16384         8192
    {.threads_per_row = 512, .vectorised = true, .accesses = 8},                       //  32768        16384
    {.threads_per_row = 512, .vectorised = true, .accesses = 8, .cluster = 2},         //  65536        32768
    {.threads_per_row = 512, .vectorised = true, .accesses = 8, .cluster = 8},         // 262144       131072
    {.threads_per_row = 512, .vectorised = true, .accesses = 0},                       //    any          any
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = false, .accesses = 8},  //    256          256
    {.threads_per_row = 512, .vectorised = false, .accesses = 4},                      //   2048         2048
    {.threads_per_row = 512, .vectorised = false, .accesses = 0}};                     //    any          any

// A thread also holds dy, and sums for dgamma and dbeta: fewer accesses.
inline constexpr RowNormConfig row_norm_backward_configs[] = {
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = true, .accesses = 2},   //    512          256
    {.threads_per_row = 128, .vectorised = true, .accesses = 2},                       //   2048         1024
    {.threads_per_row = 512, .vectorised = true, .accesses = 2},                       //   8192         4096
    {.threads_per_row = 512, .vectorised = true, .accesses = 2, .cluster = 4},         //  32768        16384
    {.threads_per_row = 512, .vectorised = true, .accesses = 2, .cluster = 16},        // 131072        65536
    {.threads_per_row = 512, .vectorised = true, .accesses = 0},                       //    any          any
    {.threads_per_row = 32, .rows_per_block = 8, .vectorised = false, .accesses = 4},  //    128          128
    {.threads_per_row = 256, .vectorised = false, .accesses = 8},                      //   2048         2048
    {.threads_per_row = 512, .vectorised = false, .accesses = 0}};                     //    any          any

/// What the choice rests on beside the shape.
struct RowNormLaunch {
  i64 element_bytes = 4;
  bool aligned = true;    // all pointers to 16 bytes
  int architecture = 80;  // of the kernels that run: clusters need 90
};

/// Whether the kernel of that configuration is right for the rows.
constexpr bool supports(RowNormConfig const& config, i64 columns, RowNormLaunch const& launch) {
  i64 const vector = config.vector(launch.element_bytes);
  if (config.vectorised && (!launch.aligned || columns % vector != 0)) return false;
  if (config.cluster > 1 && launch.architecture < 90) return false;
  return config.accesses == 0 || columns <= vector * config.team() * config.accesses;
}

/// The first candidate that supports the rows; the last one always does.
constexpr RowNormConfig choose(std::span<RowNormConfig const> candidates, i64 columns, RowNormLaunch const& launch) {
  for (RowNormConfig const& config : candidates)
    if (supports(config, columns, launch)) return config;
  return candidates.back();
}

/// Blocks, or clusters of them, of the backward pass. Each leaves one row of partial sums, so that their number decides
/// the order of additions: it depends on the shape and not on the card. 512 threads for each of the 132 multiprocessors
/// of an H200.
constexpr i64 row_norm_backward_teams(RowNormConfig const& config, i64 rows) {
  i64 const most = 132 * 512 / (config.threads() * config.cluster);
  i64 const wanted = ceil_div<i64>(rows, config.rows_per_block);
  return wanted < most ? wanted : most;
}

}  // namespace heddle
