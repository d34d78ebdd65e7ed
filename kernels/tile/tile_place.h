// Which tile of which product a block takes.
#pragma once

#include "kernels/core/math.h"
#include "kernels/core/types.h"

namespace heddle {

struct TilePlace {
  u32 product, down, across;  // the latter two in tiles
};

/// Of the tiles of rows x columns, across first, of products of m x n after each other.
constexpr TilePlace tile_place(u32 block, i64 m, i64 n, int rows, int columns) {
  u32 const across = static_cast<u32>(ceil_div<i64>(n, columns));
  u32 const tiles = static_cast<u32>(ceil_div<i64>(m, rows)) * across;
  return {block / tiles, block % tiles / across, block % tiles % across};
}

}  // namespace heddle
