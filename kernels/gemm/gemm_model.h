// How long the kernels of the matrix product should take: what a configuration is chosen by. An estimate for comparing
// them, from the floors in their headers; not yet held against measurements.
#pragma once

#include <algorithm>

#include "kernels/core/math.h"
#include "kernels/gemm/gemm_choice.h"
#include "kernels/gemm/gemm_plain_config.h"
#include "kernels/gemm/gemm_skinny_config.h"
#include "kernels/gemm/gemm_sm90_config.h"

namespace heddle {

struct GemmShape {
  i64 m = 0, n = 0, k = 0;
  int bytes = 4;  // of an element of a, b and d
  i64 batch = 1;
};

/// Times in cycles of a multiprocessor, rates in bytes a cycle.
struct GemmMachine {
  int multiprocessors;
  double memory, second_level;  // of the card
  double second_level_port;     // of a multiprocessor
  double latency;               // from a request to its data
  double shared_port = 128;     // of a multiprocessor
  double multiply_adds = 128;   // a cycle, on its arithmetic units
};

/// An H200, or an A100, of so many multiprocessors.
constexpr GemmMachine gemm_machine(int architecture, int multiprocessors) {
  if (architecture == 90)
    return {.multiprocessors = multiprocessors,
            .memory = 2700,
            .second_level = 5500,
            .second_level_port = 64,
            .latency = 1000};
  return {.multiprocessors = multiprocessors,
          .memory = 1450,
          .second_level = 3000,
          .second_level_port = 64,
          .latency = 800};
}

/// A block: the part of d that it makes, and what a step of one along k costs it.
struct GemmBlock {
  i64 rows, columns;
  double arithmetic;        // cycles of the matrix unit or of the arithmetic units
  double shared_bytes;      // through the port of shared memory
  double depth_on_the_way;  // elements along k that it has asked for
  int sharing = 1;          // blocks of a cluster that bring their columns together
  double output = 0;        // cycles from sums to d
  bool overlapped = true;   // other products hide them, but for the last tile's
};

/// A warpgroup reads its 64 rows and all columns; the copies write both. d goes through the port of
/// shared memory twice, slower where one warpgroup alone writes.
constexpr GemmBlock block_of(GemmSm90Config const& c, GemmShape const& shape) {
  i64 const rows = c.rows, columns = c.columns;
  double const output = static_cast<double>(2 * rows * columns * shape.bytes) / 128 + (c.ping_pong() ? 400 : 200);
  return {rows,
          columns,
          static_cast<double>(rows * columns * shape.bytes) / 4096,
          static_cast<double>(shape.bytes * (2 * rows + (rows / 64 + 1) * columns)),
          64.0 * c.stages,
          c.cluster,
          output,
          c.ping_pong()};
}

/// Eight warps, of 64 x 32 each.
constexpr GemmBlock sm80_block(GemmShape const& shape) {
  return {128, 128, 128.0 * 128 * shape.bytes / 2048, shape.bytes * (8.0 * (64 + 32) + 256), 32.0 * 3};
}

/// Operands lie in shared memory as f32.
constexpr GemmBlock block_of(GemmPlainConfig const& c, GemmMachine const& machine) {
  double const tile = c.tile, threads = tile * tile / (c.part * c.part);
  return {c.tile, c.tile, tile * tile / machine.multiply_adds, 4 * (threads * 2 * c.part + 2 * tile), 8};
}

/// The lines of the large operand as rows. With the products come conversions, three for an element of the large one.
constexpr GemmBlock block_of(GemmSkinnyConfig const& c, GemmShape const& shape, GemmMachine const& machine) {
  double const operations = c.lines * (1.2 * c.small + 3);
  return {c.lines, c.small, operations / machine.multiply_adds, shape.bytes * c.small * (c.lines / 8.0 + 1),
          32768.0 / (c.lines * shape.bytes)};
}

/// For d of rows x columns. As many waves of blocks as there are, each as slow as its slowest part, but no faster than
/// memory gives the operands and takes d; then the first data's way, and the last block's d.
constexpr double estimate_cycles(GemmBlock const& block, i64 rows, i64 columns, GemmShape const& shape,
                                 GemmMachine const& machine) {
  i64 const of_product = ceil_div(rows, block.rows * block.sharing) * ceil_div(columns, block.columns);
  i64 const blocks = shape.batch * of_product * block.sharing;
  i64 const active = std::min<i64>(blocks, machine.multiprocessors), waves = ceil_div(blocks, active);
  double const brought = shape.bytes * (static_cast<double>(std::min(block.rows, rows)) +
                                        static_cast<double>(std::min(block.columns, columns)) / block.sharing);
  double const port = std::min({machine.second_level_port, machine.second_level / static_cast<double>(active),
                                brought * block.depth_on_the_way / machine.latency});
  double const step = std::max({block.arithmetic, block.shared_bytes / machine.shared_port, brought / port});
  double const of_operands = static_cast<double>(rows + columns) * static_cast<double>(shape.k);
  double const elements =
      static_cast<double>(shape.batch) * (of_operands + static_cast<double>(rows) * static_cast<double>(columns));
  double const memory = shape.bytes * elements / std::min(machine.memory, static_cast<double>(active) * port);
  double const last = static_cast<double>(block.rows * block.columns * shape.bytes) / machine.second_level_port;
  double const outputs = block.output * static_cast<double>(block.overlapped ? 1 : waves);
  return std::max(static_cast<double>(waves * shape.k) * step + outputs, memory) + 2 * machine.latency + last;
}

/// Of a choice that is not automatic.
constexpr double estimate_cycles(GemmChoice const& choice, GemmShape const& shape, GemmMachine const& machine) {
  auto const of = [&](GemmBlock const& block) { return estimate_cycles(block, shape.m, shape.n, shape, machine); };
  switch (choice.path) {
    case GemmPath::sm90:
      return of(block_of(gemm_sm90_configs[choice.config], shape));
    case GemmPath::sm80:
      return of(sm80_block(shape));
    case GemmPath::skinny:
      return estimate_cycles(block_of(gemm_skinny_configs[choice.config], shape, machine), std::max(shape.m, shape.n),
                             std::min(shape.m, shape.n), shape, machine);
    default:
      return of(block_of(gemm_plain_configs[choice.config], machine));
  }
}

}  // namespace heddle
