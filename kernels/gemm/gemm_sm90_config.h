// How the kernel of the matrix product for sm_90a shares its work out.
#pragma once

#include "kernels/core/math.h"
#include "kernels/core/types.h"

namespace heddle {

enum class GemmSm90Schedule : u8 {
  cooperative,  // the two multiplying warpgroups have a half of the rows of a tile each
  ping_pong,    // each has a tile of its own: they multiply in turn, and one writes while the other multiplies
};

struct GemmSm90Config {
  GemmSm90Schedule schedule = GemmSm90Schedule::cooperative;
  int columns = 256;  // of a tile of d, which has 128 rows
  int stages = 3;     // tiles of A and B on their way
  int cluster = 1;    // blocks whose tiles lie below each other: each loads a part of B for all of them
  friend constexpr bool operator==(GemmSm90Config const&, GemmSm90Config const&) = default;

  static constexpr int rows = 128, consumers = 2;  // warpgroups that multiply
  constexpr bool ping_pong() const { return schedule == GemmSm90Schedule::ping_pong; }
  constexpr int consumer_rows() const { return ping_pong() ? rows : rows / consumers; }
  /// Of operands whose lines are 128 bytes, and d of 16 bits; without barriers.
  constexpr int shared_bytes() const {
    return stages * (rows + columns) * 128 + consumers * consumer_rows() * columns * 2;
  }

  /// Whether there can be such a kernel: a part of B is whole panels of 64 columns; a thread, which has 232 registers,
  /// holds 128 sums at most, as 192 were seen to spill; shared memory is 227 KB, with 1 KB for barriers.
  constexpr bool valid() const {
    return (cluster == 1 || cluster == 2) && columns > 0 && columns <= 256 && columns % (64 * cluster) == 0 &&
           consumer_rows() * columns / 128 <= 128 && stages >= 2 && shared_bytes() <= 226 * 1024;
  }
};

inline constexpr GemmSm90Config gemm_sm90_configs[] = {
    {.columns = 256, .stages = 3},
    {.columns = 256, .stages = 3, .cluster = 2},
    {.schedule = GemmSm90Schedule::ping_pong, .columns = 128, .stages = 5},
    {.columns = 128, .stages = 6},
};

/// The tiles of d, of all products of a batch. A cluster takes as many at once as it has blocks, and those that run at
/// the same time share rows of A and columns of B in the L2 cache: down through bands of 2048 rows, of which the 132
/// multiprocessors of an H200 have about as many columns, one product after the other.
struct GemmTiles {
  i64 down, across, batch;  // `down` counts tiles of a cluster
  i64 band;

  constexpr GemmTiles(i64 m, i64 n, i64 products, GemmSm90Config const& config)
      : down(ceil_div<i64>(m, config.rows * config.cluster)),
        across(ceil_div<i64>(n, config.columns)),
        batch(products),
        band(2048 / (config.rows * config.cluster)) {}
  constexpr i64 count() const { return down * across * batch; }

  struct Place {
    i64 down, across, product;
    friend constexpr bool operator==(Place const&, Place const&) = default;
  };
  constexpr Place place(i64 tile) const {
    i64 const product = tile / (down * across), of_product = tile % (down * across);
    i64 const first = of_product / (band * across) * band, height = down - first < band ? down - first : band;
    i64 const within = of_product % (band * across);
    return {first + within % height, within / height, product};
  }
};

}  // namespace heddle
