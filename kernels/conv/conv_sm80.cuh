// Convolution, forward and backward-data, of 16-bit types from sm_80 on: an implicit matrix product by mma.sync.
//
// As in correlate.cuh every target pixel gathers source pixels: a product of [pixels, taps x inputs], which is never
// laid out in memory, and [taps x inputs, outputs] for each group, and for each phase of the stride of backward-data.
// The filters of forward lie along the depth, those of backward-data across it.
//
// Threads: a block makes a tile of pixels and outputs of a group (kernels/tile/mma_tile.cuh). A thread brings the same
// place along the depth of a few pixels, whose windows it keeps; zeros where the window leaves the source. Where a
// group's channels are whole pieces of 16 bytes they are copied asynchronously; others are brought one by one, packed
// densely along the depth, so that a stem of 7 x 7 x 3 takes 160 steps for its 147 products.
//
// Floor: 2 pixels outputs taps inputs operations. A tile of 128 x 128 by the depth of 32 takes 1024 cycles of a
// quarter's matrix unit for two blocks on a multiprocessor, as in gemm_sm80.cuh; 128 x 64, with four blocks of half the
// warps, as many. Copies: a piece of the source takes about 15 instructions to find, two a thread and round of 44 that
// multiply, of 256 that can be issued meanwhile. Brought one by one, 8 times as many: 250 a piece, memory at 16 bytes a
// lane, and for a stem, of few rounds, about as long as its target takes to be written. Not yet measured.
#pragma once

#include "kernels/conv/conv_problem.h"
#include "kernels/conv/gather_source.cuh"
#include "kernels/gemm/gemm_place.h"
#include "kernels/tile/mma_tile.cuh"

namespace heddle::HEDDLE_BACKEND {

/// `aligned`: inputs of a group, and outputs where the filters lie across the depth, are whole pieces of 16 bytes.
template <class T, Major filter_major, bool aligned, MmaTileConfig config>
struct ConvSm80 {
  using Tile = MmaTile<T, f32, Major::k, filter_major, config>;
  static constexpr int threads = Tile::threads, min_blocks = config.blocks();
  static constexpr int depth = Tile::depth;
  static constexpr int source_pieces = config.rows * depth / Tile::vector / threads;
  static constexpr int filter_pieces = config.columns * depth / Tile::vector / threads;

  struct Params {
    GatherSource<T> source;
    i64 size;  // of the depth: taps x inputs of a group
    T const* filter;
    FilterStrides strides;
    EpilogueOutput output;  // [groups, pixels, outputs]
    bool in_rows;           // as in GemmSm80
  };
  using SharedStorage = typename Tile::Storage;

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    GemmPlace const place = gemm_place(blockIdx.x, p.output.m, p.output.n, config.rows, config.columns);
    i64 const row = place.down * i64{config.rows}, column = place.across * i64{config.columns};
    SourceTile source(p, row, place.product);
    FilterTile filter(p, column, place.product);
    typename Tile::Sums sums = {};
    int const rounds = static_cast<int>((p.size + depth - 1) / depth);
    Tile::accumulate(rounds, shared, sums, [&](int round, auto& stage) {
      source.bring(p, stage.a);
      filter.bring(p, round, stage.b);
    });
    if (p.in_rows) return Tile::write_rows(p.output, place.product, row, column, sums, shared);
    Tile::finish(p.output, place.product, row, column, place.down, sums, shared);
  }

 private:
  using Term = typename GatherSource<T>::Term;

  /// The pieces of the source that this thread brings, in round after round.
  struct SourceTile {
    typename GatherSource<T>::Window windows[source_pieces];
    Term term;

    HEDDLE_DEVICE SourceTile(Params const& p, i64 row, u32 group)
        : term(p.source.term(Tile::template piece<depth>(0).place)) {
      HEDDLE_UNROLL
      for (int i = 0; i < source_pieces; ++i)
        windows[i] = p.source.window(row + Tile::template piece<depth>(i).line, p.output.m, group);
    }

    HEDDLE_DEVICE void bring(Params const& p, T* shared) {
      HEDDLE_UNROLL
      for (int i = 0; i < source_pieces; ++i) {
        auto const [line, place] = Tile::template piece<depth>(i);
        p.source.template bring<aligned>(windows[i], term,
                                         Tile::template at<Major::k, config.rows>(shared, line, place));
      }
      p.source.advance(term, depth);
    }
  };

  /// Likewise of the filters, which lie along the depth ...
  struct FilterAlong {
    OperandLines<T> lines;
    i64 column;

    HEDDLE_DEVICE FilterAlong(Params const& p, i64 first, u32 group)
        : lines{p.filter + group * p.strides.group, p.output.n, p.strides.output}, column(first) {}

    HEDDLE_DEVICE void bring(Params const& p, int round, T* shared) const {
      Tile::template copy_lines<Major::k, config.columns, aligned>(lines, p.size, column, i64{round} * depth, shared);
    }
  };

  /// ... or across it: a line for each tap and input.
  struct FilterAcross {
    T const* outputs;  // of the group, from this thread's on
    int valid;
    Term term;

    HEDDLE_DEVICE FilterAcross(Params const& p, i64 first, u32 group)
        : term(p.source.term(Tile::template piece<config.columns>(0).line)) {
      int const place = Tile::template piece<config.columns>(0).place;
      i64 const left = p.output.n - first - place;
      outputs = p.filter + group * p.strides.group + first + place;
      valid = left >= Tile::vector ? Tile::vector : left > 0 ? static_cast<int>(left) : 0;
    }

    HEDDLE_DEVICE void bring(Params const& p, int, T* shared) {
      HEDDLE_UNROLL
      for (int i = 0; i < filter_pieces; ++i) {
        auto const [line, place] = Tile::template piece<config.columns>(i);
        T* const to = Tile::template at<Major::mn, config.columns>(shared, line, place);
        int const there = p.source.has(term) ? valid : 0;
        T const* const from = there > 0 ? outputs + offset(p, term) : p.filter;
        if constexpr (aligned)
          cp_async<16>(to, from, there * static_cast<int>(sizeof(T)));
        else
          assemble(to, [&](int element) { return element < there ? from + element : nullptr; });
        p.source.advance(term, depth / filter_pieces);
      }
    }

    HEDDLE_DEVICE static i64 offset(Params const& p, Term const& term) {
      int const row = p.source.vertical.tap_index + term.tap_row * p.source.vertical.tap_step;
      int const column = p.source.horizontal.tap_index + term.tap_column * p.source.horizontal.tap_step;
      return row * p.strides.tap_row + column * p.strides.tap_column + term.input * p.strides.input;
    }
  };
  using FilterTile = std::conditional_t<filter_major == Major::k, FilterAlong, FilterAcross>;
};

}  // namespace heddle::HEDDLE_BACKEND
