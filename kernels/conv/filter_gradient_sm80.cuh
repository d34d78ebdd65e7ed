// The gradient of a convolution's filters, of 16-bit types from sm_80 on, by mma.sync.
//
// As in filter_gradient.cuh: a matrix product of [outputs, pixels] and [pixels, taps x inputs] for each group, the
// latter of which is never laid out in memory, in parts of the pixels. Both operands lie across the depth, and ldmatrix
// turns them.
//
// Threads: a block makes a tile of outputs and taps x inputs of a group and a part (kernels/tile/mma_tile.cuh). A
// thread brings the same tap and inputs of a few pixels of each round; zeros where the window leaves the source.
// Channels that are not whole pieces of 16 bytes are brought one by one, those of all taps packed densely.
//
// Floor: 2 pixels outputs taps inputs operations. Tiles of 128 x 128 by a depth of 32 take 1024 cycles of a quarter's
// matrix unit for the blocks of a multiprocessor, as in gemm_sm80.cuh; so do those of 64 x 128. In those of 64 x 64 a
// warp reads 2 KB of shared memory for the 8 products of a step, which is all the port has, the copies beside it: 4
// cycles for 3. To find a pixel's window takes two divisions, 40 instructions for a piece, of which a thread has 2 or 4
// in a round of 256 that can be issued. Each part writes its gradient and AddParts reads it: 8 bytes an element.
// Not yet measured.
#pragma once

#include "kernels/conv/gather_source.cuh"
#include "kernels/gemm/gemm_place.h"
#include "kernels/tile/mma_tile.cuh"

namespace heddle::HEDDLE_BACKEND {

/// `aligned`: inputs and outputs of a group are whole pieces of 16 bytes.
template <class T, bool aligned, MmaTileConfig config>
struct FilterGradientSm80 {
  using Tile = MmaTile<T, f32, Major::mn, Major::mn, config>;
  static constexpr int threads = Tile::threads, min_blocks = config.blocks();
  static constexpr int pieces = config.columns * Tile::depth / Tile::vector / threads;

  struct Params {
    GatherSource<T> x;
    T const* dy;                 // [pixels, filters]
    i64 filters, groups;         // filters of all groups
    i64 pixels, pixels_of_part;  // of all images
    EpilogueOutput output;       // [parts, groups, outputs, taps x inputs]
    bool in_rows;                // as in GemmSm80
  };
  using SharedStorage = typename Tile::Storage;

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    GemmPlace const place = gemm_place(blockIdx.x, p.output.m, p.output.n, config.rows, config.columns);
    i64 const row = place.down * i64{config.rows}, column = place.across * i64{config.columns};
    i64 const part = place.product / p.groups, group = place.product % p.groups;
    i64 const begin = part * p.pixels_of_part,
              end = begin + p.pixels_of_part < p.pixels ? begin + p.pixels_of_part : p.pixels;
    OperandLines<T> const dy = {p.dy + group * p.output.m, p.output.m, p.filters};
    auto const term = p.x.term(column + Tile::template piece<config.columns>(0).place);
    typename Tile::Sums sums = {};
    int const rounds = static_cast<int>((end - begin + Tile::depth - 1) / Tile::depth);
    Tile::accumulate(rounds, shared, sums, [&](int round, auto& stage) {
      i64 const first = begin + i64{round} * Tile::depth;
      Tile::template copy_lines<Major::mn, config.rows, aligned>(dy, end, row, first, stage.a);
      HEDDLE_UNROLL
      for (int i = 0; i < pieces; ++i) {
        auto const [line, in_line] = Tile::template piece<config.columns>(i);
        p.x.template bring<aligned>(p.x.window(first + line, end, group), term,
                                    Tile::template at<Major::mn, config.columns>(stage.b, line, in_line));
      }
    });
    if (p.in_rows) return Tile::write_rows(p.output, place.product, row, column, sums, shared);
    Tile::finish(p.output, place.product, row, column, 0, sums, shared);
  }
};

}  // namespace heddle::HEDDLE_BACKEND
