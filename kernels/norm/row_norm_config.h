// How the kernels that normalise rows share their work out: the candidates, from the narrowest rows to any.
#pragma once

#include "kernels/tile/row_config.h"

namespace heddle {

// At most 32 registers hold a row, so that two blocks of 512 threads fit on a multiprocessor.
inline constexpr RowConfig row_norm_forward_configs[] = {
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
inline constexpr RowConfig row_norm_backward_configs[] = {
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = true, .accesses = 2},   //    512          256
    {.threads_per_row = 128, .vectorised = true, .accesses = 2},                       //   2048         1024
    {.threads_per_row = 512, .vectorised = true, .accesses = 2},                       //   8192         4096
    {.threads_per_row = 512, .vectorised = true, .accesses = 2, .cluster = 4},         //  32768        16384
    {.threads_per_row = 512, .vectorised = true, .accesses = 2, .cluster = 16},        // 131072        65536
    {.threads_per_row = 512, .vectorised = true, .accesses = 0},                       //    any          any
    {.threads_per_row = 32, .rows_per_block = 8, .vectorised = false, .accesses = 4},  //    128          128
    {.threads_per_row = 256, .vectorised = false, .accesses = 8},                      //   2048         2048
    {.threads_per_row = 512, .vectorised = false, .accesses = 0}};                     //    any          any

/// Blocks, or clusters of them, of the backward pass. Each leaves one row of partial sums, so that their number decides
/// the order of additions: it depends on the shape and not on the card. 512 threads for each of the 132 multiprocessors
/// of an H200. A block goes through its rows at least four times over, so that few rows do not leave more partial sums
/// than they are themselves; of clusters there are few, and many multiprocessors wait for each.
constexpr i64 row_norm_backward_teams(RowConfig const& config, i64 rows) {
  i64 const most = 132 * 512 / (config.threads() * config.cluster), least_turns = config.cluster == 1 ? 4 : 1;
  i64 const wanted = ceil_div<i64>(rows, config.rows_per_block * least_turns);
  return wanted < most ? wanted : most;
}

}  // namespace heddle
