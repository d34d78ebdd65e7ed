// How the kernel of the matrix product for sm_90a shares its work out.
#pragma once

#include "kernels/core/math.h"
#include "kernels/core/types.h"

namespace heddle {

struct GemmSm90Config {
  int columns = 256;  // of d of a block, which takes 128 rows
  int stages = 3;     // tiles of A and B on their way
  friend constexpr bool operator==(GemmSm90Config const&, GemmSm90Config const&) = default;
};

inline constexpr int gemm_sm90_rows = 128;
inline constexpr GemmSm90Config gemm_sm90_configs[] = {{.columns = 256, .stages = 3}, {.columns = 128, .stages = 5}};

/// The tiles of d, in an order in which those that run at the same time share rows of A and columns of B in the L2
/// cache: down through bands of eight tiles.
struct GemmTiles {
  i64 down, across;
  static constexpr i64 band = 8;

  constexpr GemmTiles(i64 m, i64 n, int columns)
      : down(ceil_div<i64>(m, gemm_sm90_rows)), across(ceil_div<i64>(n, columns)) {}
  constexpr i64 count() const { return down * across; }

  struct Place {
    i64 down, across;
    friend constexpr bool operator==(Place const&, Place const&) = default;
  };
  constexpr Place place(i64 tile) const {
    i64 const first = tile / (band * across) * band, height = down - first < band ? down - first : band;
    i64 const within = tile % (band * across);
    return {first + within % height, within / height};
  }
};

}  // namespace heddle
