// How the plain kernel of the matrix product shares its work out.
#pragma once

#include "kernels/core/math.h"
#include "kernels/core/types.h"

namespace heddle {

struct GemmPlainConfig {
  int tile = 128;  // rows and columns of d of a block
  int part = 8;    // of a thread, a multiple of 4
  friend constexpr bool operator==(GemmPlainConfig const&, GemmPlainConfig const&) = default;

  /// Blocks that cover m x n.
  constexpr i64 tiles(i64 m, i64 n) const { return ceil_div<i64>(m, tile) * ceil_div<i64>(n, tile); }
};

inline constexpr GemmPlainConfig gemm_plain_configs[] = {{.tile = 128, .part = 8}, {.tile = 64, .part = 4}};

}  // namespace heddle
