// How the kernels of the convolution for sm_90a share their work out.
#pragma once

#include <algorithm>
#include <iterator>

#include "kernels/conv/conv2d.h"
#include "kernels/gemm/gemm_model.h"

namespace heddle {

/// Of forward and backward-data, where a tile has 128 pixels and `columns` channels.
inline constexpr GemmSm90Config conv_sm90_configs[] = {
    {.columns = 256, .stages = 3, .cluster = 2},
    {.schedule = GemmSm90Schedule::ping_pong, .columns = 128, .stages = 5},
    {.schedule = GemmSm90Schedule::ping_pong, .columns = 64, .stages = 7},
};

/// Of backward-filter, where it has 128 filters and `columns` channels of taps.
inline constexpr GemmSm90Config filter_gradient_sm90_configs[] = {
    {.columns = 256, .stages = 3, .cluster = 2},
    {.columns = 128, .stages = 6},
};

/// Cycles of an H200, to compare configurations by: waves of blocks, each as slow as its slowest part, from the floors
/// in the kernels' headers. Of `parts` products [m, depth] x [depth, n]. Not yet held against measurements.
constexpr double estimate_conv_cycles(GemmSm90Config const& config, i64 m, i64 n, i64 depth, i64 parts = 1) {
  constexpr GemmMachine machine = gemm_machine(90, 132);
  GemmBlock const block = block_of(config, {.bytes = 2});
  i64 const clusters = machine.multiprocessors / config.cluster;
  i64 const waves = ceil_div(GemmTiles(m, n, parts, config).count(), clusters);
  double const brought = 2 * (static_cast<double>(block.rows) + static_cast<double>(block.columns) / block.sharing);
  double const port = machine.second_level / machine.multiprocessors;
  double const step = std::max({block.arithmetic, block.shared_bytes / machine.shared_port, brought / port});
  double const outputs = block.output * static_cast<double>(block.overlapped ? 1 : waves);
  return static_cast<double>(waves * depth) * step + outputs;
}

/// Of the filters' gradients in so many parts, which go to memory and come back, eight at a time on their way.
constexpr double estimate_filter_gradient_cycles(GemmSm90Config const& config, Conv2dShape const& s, i64 parts) {
  i64 const columns = s.r * s.s * ceil_div<i64>(s.c, 64) * 64, rounds = ceil_div<i64>(s.n * s.p() * s.q(), 64);
  double const partial = static_cast<double>(2 * parts * s.filter_count()) * sizeof(f32);
  return estimate_conv_cycles(config, s.k, columns, ceil_div(rounds, parts) * 64, parts) +
         partial / gemm_machine(90, 132).memory + static_cast<double>(ceil_div<i64>(parts, 8)) * 600;
}

/// Into how many parts filter_gradient_sm90 cuts the pixels: so many that their tiles fill 132 multiprocessors, an
/// H200's, one to four times, whichever the card, but of 4 stages at least.
constexpr i64 filter_gradient_sm90_parts(Conv2dShape const& s, GemmSm90Config const& config) {
  i64 const rounds = ceil_div<i64>(s.n * s.p() * s.q(), 64);
  i64 const tiles = GemmTiles(s.k, s.r * s.s * ceil_div<i64>(s.c, 64) * 64, 1, config).count() * config.cluster;
  i64 best = 1;
  for (i64 waves = 1; waves <= 4 && tiles > 0; ++waves) {
    i64 const parts = std::clamp<i64>(132 * waves / tiles, 1, std::max<i64>(rounds / 4, 1));
    if (estimate_filter_gradient_cycles(config, s, parts) < estimate_filter_gradient_cycles(config, s, best))
      best = parts;
  }
  return best;
}

/// The place of the configuration whose estimate is least.
template <std::size_t count>
constexpr int fastest_config(GemmSm90Config const (&configs)[count], auto const& cycles) {
  return static_cast<int>(std::ranges::min_element(configs, {}, cycles) - std::begin(configs));
}

}  // namespace heddle
