// How the layer normalisation kernels share their work out: the candidates, from the narrowest rows to any.
#pragma once

#include <span>

#include "kernels/core/math.h"
#include "kernels/norm/layer_norm.h"

namespace heddle {

struct LayerNormConfig {
  int threads_per_row = 32;  // 32: a warp takes a row; more: the whole block does
  int rows_per_block = 1;    // at a time; more than one only with a warp per row
  bool vectorised = false;   // 16 bytes an access, else one element
  int accesses = 0;          // of a thread to a row that it keeps in registers; 0: rows of any length, read at each use

  constexpr int threads() const { return threads_per_row * rows_per_block; }
  /// Elements of one access.
  constexpr int vector(i64 element_bytes) const { return vectorised ? static_cast<int>(16 / element_bytes) : 1; }
  friend constexpr bool operator==(LayerNormConfig const&, LayerNormConfig const&) = default;
};

// At most 32 registers hold a row, so that two blocks of 512 threads fit on a multiprocessor.
inline constexpr LayerNormConfig layer_norm_forward_configs[] = {
    // columns up to:                                                                        16-bit types   f32
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = true, .accesses = 1},     //    256          128
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = true, .accesses = 4},     //   1024          512
    {.threads_per_row = 128, .rows_per_block = 1, .vectorised = true, .accesses = 4},    //   4096         2048
    {.threads_per_row = 256, .rows_per_block = 1, .vectorised = true, .accesses = 8},    //  16384         8192
    {.threads_per_row = 512, .rows_per_block = 1, .vectorised = true, .accesses = 8},    //  32768        16384
    {.threads_per_row = 512, .rows_per_block = 1, .vectorised = true, .accesses = 0},    //    any          any
    {.threads_per_row = 32, .rows_per_block = 4, .vectorised = false, .accesses = 8},    //    256          256
    {.threads_per_row = 256, .rows_per_block = 1, .vectorised = false, .accesses = 8},   //   2048         2048
    {.threads_per_row = 512, .rows_per_block = 1, .vectorised = false, .accesses = 0}};  //    any          any

// A thread also holds dy, and sums for dgamma and dbeta: fewer accesses.
inline constexpr LayerNormConfig layer_norm_backward_configs[] = {
    {.threads_per_row = 32, .rows_per_block = 8, .vectorised = true, .accesses = 2},     //    512          256
    {.threads_per_row = 128, .rows_per_block = 1, .vectorised = true, .accesses = 2},    //   2048         1024
    {.threads_per_row = 512, .rows_per_block = 1, .vectorised = true, .accesses = 2},    //   8192         4096
    {.threads_per_row = 512, .rows_per_block = 1, .vectorised = true, .accesses = 0},    //    any          any
    {.threads_per_row = 32, .rows_per_block = 8, .vectorised = false, .accesses = 4},    //    128          128
    {.threads_per_row = 256, .rows_per_block = 1, .vectorised = false, .accesses = 8},   //   2048         2048
    {.threads_per_row = 512, .rows_per_block = 1, .vectorised = false, .accesses = 0}};  //    any          any

/// Whether the kernel of that configuration is right for the shape. `aligned`: all pointers to 16 bytes.
constexpr bool supports(LayerNormConfig const& config, LayerNormShape const& shape, i64 element_bytes, bool aligned) {
  i64 const vector = config.vector(element_bytes);
  if (config.vectorised && (!aligned || shape.columns % vector != 0)) return false;
  return config.accesses == 0 || shape.columns <= vector * config.threads_per_row * config.accesses;
}

/// The first candidate that supports the shape; the last one always does.
constexpr LayerNormConfig choose(std::span<LayerNormConfig const> candidates, LayerNormShape const& shape,
                                 i64 element_bytes, bool aligned) {
  for (LayerNormConfig const& config : candidates)
    if (supports(config, shape, element_bytes, aligned)) return config;
  return candidates.back();
}

/// Blocks of the backward pass. Each leaves one row of partial sums, so that their number decides the order of
/// additions: it depends on the shape and not on the card. 512 threads for each of the 132 multiprocessors of an H200.
constexpr i64 layer_norm_backward_blocks(LayerNormConfig const& config, i64 rows) {
  i64 const most = 132 * 512 / config.threads();
  i64 const wanted = ceil_div<i64>(rows, config.rows_per_block);
  return wanted < most ? wanted : most;
}

}  // namespace heddle
