// The tiles of the convolutions by mma.sync.
#pragma once

#include "kernels/core/types.h"
#include "kernels/tile/mma_tile_config.h"

namespace heddle {

/// Of pixels x outputs. Channels that are not whole pieces of 16 bytes take the last alone.
inline constexpr MmaTileConfig conv_sm80_configs[] = {{.columns = 128}, {.columns = 64}};
static_assert(conv_sm80_configs[0].valid() && conv_sm80_configs[1].valid());

/// The place of the one that should be the fastest: the wider, unless the narrower leaves less of its last columns
/// empty.
constexpr int fastest_conv_sm80(i64 outputs) { return (outputs + 127) % 128 >= 64 ? 0 : 1; }

/// Of outputs x (taps x inputs), likewise.
inline constexpr MmaTileConfig filter_gradient_sm80_configs[] = {
    {.rows = 128, .columns = 128},
    {.rows = 64, .columns = 128},
    {.rows = 64, .columns = 64, .rows_of_warp = 32},
};
static_assert(filter_gradient_sm80_configs[0].valid() && filter_gradient_sm80_configs[1].valid() &&
              filter_gradient_sm80_configs[2].valid());

/// The place of the one that should be the fastest: the largest of which nothing but an odd half stays empty.
constexpr int fastest_filter_gradient_sm80(i64 outputs, i64 columns) {
  if (columns <= 64) return 2;
  return (outputs + 127) % 128 >= 64 ? 0 : 1;
}

}  // namespace heddle
