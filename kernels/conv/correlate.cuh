// Convolution, forward and backward-data, on the ordinary arithmetic units: any type, size, stride, dilation and group.
// The readable path, and true single precision for f32.
//
// Every target pixel gathers source pixels through a filter: a matrix product of [pixels, taps x inputs] and
// [taps x inputs, outputs] for each group. Backward-data does so for each phase of the stride by itself, whose pixels
// share their taps, so that no tap is wasted (axis.h).
//
// Threads: a block makes a tile of 64 pixels x 64 outputs of a group, StripProduct has the threads. Neighbouring
// threads bring neighbouring inputs of a pixel; filters in whichever direction they lie.
//
// Floor: 2 pixels outputs taps inputs operations; 67 TFLOP/s in f32 on an H200. A step along the depth reads 8 values
// of shared memory for 16 fused multiply-adds of a thread: shared memory is busy twice as long as the arithmetic units.
// Not yet measured.
#pragma once

#include "kernels/conv/conv_problem.h"
#include "kernels/conv/strip_product.cuh"
#include "kernels/tile/epilogue.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T>
struct Correlate : StripProduct {
  struct Params {
    GatherAxis vertical, horizontal;
    Divisor pixels_of_image, pixels_of_row;
    i64 source_channels;          // of all groups
    i64 size;                     // of the depth: taps x inputs of a group
    Divisor inputs, taps_of_row;  // inputs: of a group
    Divisor tiles_of_group, tiles_across;
    FilterStrides strides;
    T const* source;  // [images, vertical.source_size, horizontal.source_size, source_channels]
    T const* filter;
    EpilogueOutput output;  // [groups, pixels, outputs of a group]
  };
  using TileSteps = TileEpilogue<tile, threads>;
  union SharedStorage {
    Strips strips;
    f32 sums[tile * tile];
    f32 columns[TileSteps::reduction_size];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    i64 const group = p.tiles_of_group.quotient(blockIdx.x), tile_of_group = p.tiles_of_group.remainder(blockIdx.x);
    i64 const first_pixel = p.tiles_across.quotient(tile_of_group) * tile;
    i64 const first_output = p.tiles_across.remainder(tile_of_group) * tile;
    Window windows[brought];
    HEDDLE_UNROLL
    for (int i = 0; i < brought; ++i) windows[i] = window_of(p, first_pixel + along_depth(i).line, group);
    Sums sums = {};
    for (i64 first = 0; first < p.size; first += depth) {
      bring_source(p, windows, first, shared.strips.a);
      bring_filter(p, group, first_output, first, shared.strips.b);
      __syncthreads();
      multiply(shared.strips, sums);
      __syncthreads();  // before the strips are overwritten
    }
    finish(p.output, static_cast<u32>(group), first_pixel, first_output, sums, shared);
  }

 private:
  /// What a pixel gathers from.
  struct Window {
    T const* image;   // null beyond the last pixel
    int row, column;  // of the first tap
  };

  /// A place along the depth.
  struct Term {
    int tap_row, tap_column;
    i64 input;
  };

  HEDDLE_DEVICE static Window window_of(Params const& p, i64 pixel, i64 group) {
    if (pixel >= p.output.m) return {nullptr, 0, 0};
    i64 const image = p.pixels_of_image.quotient(pixel), within = p.pixels_of_image.remainder(pixel);
    int const i = static_cast<int>(p.pixels_of_row.quotient(within)),
              j = static_cast<int>(p.pixels_of_row.remainder(within));
    i64 const image_size = i64{p.vertical.source_size} * p.horizontal.source_size * p.source_channels;
    return {p.source + image * image_size + group * p.inputs.value(), i * p.vertical.step + p.vertical.offset,
            j * p.horizontal.step + p.horizontal.offset};
  }

  HEDDLE_DEVICE static Term term_of(Params const& p, i64 k) {
    i64 const tap = p.inputs.quotient(k);
    return {static_cast<int>(p.taps_of_row.quotient(tap)), static_cast<int>(p.taps_of_row.remainder(tap)),
            p.inputs.remainder(k)};
  }

  HEDDLE_DEVICE static void bring_source(Params const& p, Window const (&windows)[brought], i64 first,
                                         f32 (&strip)[depth][pitch]) {
    Term const term = term_of(p, first + along_depth(0).k);
    bool const there = first + along_depth(0).k < p.size;
    HEDDLE_UNROLL
    for (int i = 0; i < brought; ++i) {
      auto const [image, first_row, first_column] = windows[i];
      int const row = first_row + term.tap_row * p.vertical.tap_offset;
      int const column = first_column + term.tap_column * p.horizontal.tap_offset;
      bool const inside = there && image != nullptr && row >= 0 && row < p.vertical.source_size && column >= 0 &&
                          column < p.horizontal.source_size;
      i64 const element = (i64{row} * p.horizontal.source_size + column) * p.source_channels + term.input;
      auto const [line, k] = along_depth(i);
      strip[k][line] = inside ? to_f32(load_constant<T>(image + element)) : 0.0f;
    }
  }

  HEDDLE_DEVICE static void bring_filter(Params const& p, i64 group, i64 first_output, i64 first,
                                         f32 (&strip)[depth][pitch]) {
    T const* const filter = p.filter + group * p.strides.group;
    HEDDLE_UNROLL
    for (int i = 0; i < brought; ++i) {
      auto const [line, k] = p.strides.input == 1 ? along_depth(i) : across_depth(i);
      Term const term = term_of(p, first + k);
      i64 const tap_row = p.vertical.tap_index + i64{term.tap_row} * p.vertical.tap_step;
      i64 const tap_column = p.horizontal.tap_index + i64{term.tap_column} * p.horizontal.tap_step;
      i64 const output = first_output + line;
      i64 const element = output * p.strides.output + tap_row * p.strides.tap_row + tap_column * p.strides.tap_column +
                          term.input * p.strides.input;
      strip[k][line] = first + k < p.size && output < p.output.n ? to_f32(load_constant<T>(filter + element)) : 0.0f;
    }
  }

  HEDDLE_DEVICE static void finish(EpilogueOutput const& output, u32 group, i64 first_pixel, i64 first_output,
                                   Sums const& sums, SharedStorage& shared) {
    HEDDLE_UNROLL
    for (int i = 0; i < part; ++i)
      store_f32<part>(shared.sums + TileSteps::place(row_of_thread() + i, column_of_thread()), sums[i]);
    __syncthreads();
    TileSteps steps(output, group, first_pixel, first_output, static_cast<int>(threadIdx.x));
    steps.finish_slice(0, tile, shared.sums);
    steps.finish_reductions(first_pixel / tile, shared.columns, [] { __syncthreads(); });
  }
};

}  // namespace heddle::HEDDLE_BACKEND
