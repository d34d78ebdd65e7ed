// Sizes of the tiles that a block makes with mma.sync.
#pragma once

namespace heddle {

/// A tile of rows x columns, and what of it a warp makes.
struct MmaTileConfig {
  int rows = 128, columns = 128;
  int rows_of_warp = 64, columns_of_warp = 32;

  /// A warp makes whole products of 16 x 16, a row of the tile is whole lines of 128 bytes of 16-bit elements, and the
  /// warps share the tile.
  constexpr bool valid() const {
    return rows_of_warp % 16 == 0 && columns_of_warp % 16 == 0 && rows % rows_of_warp == 0 &&
           columns % columns_of_warp == 0 && rows % 64 == 0 && columns % 64 == 0;
  }
  constexpr int threads() const { return 32 * (rows / rows_of_warp) * (columns / columns_of_warp); }
  /// Blocks that a multiprocessor takes, of whose 164 KB of shared memory each has 256 bytes a line.
  constexpr int blocks() const { return 160 * 1024 / (256 * (rows + columns)); }

  friend bool operator==(MmaTileConfig const&, MmaTileConfig const&) = default;
};

}  // namespace heddle
