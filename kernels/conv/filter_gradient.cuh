// The gradient of a convolution's filters on the ordinary arithmetic units: any type, size, stride, dilation and group.
//
// A matrix product of [filters, pixels] and [pixels, taps x inputs] for each group. There are few filters and many
// pixels, so the pixels are cut into parts; the gradients of the parts go to the workspace, and a second kernel adds
// them in their order: the same bits on any card.
//
// Threads: a block makes a tile of 64 filters x 64 (taps x inputs) of a group and a part, StripProduct has the threads.
// Neighbouring threads bring neighbouring channels.
//
// Floor: 2 pixels filters taps inputs operations; 67 TFLOP/s in f32 on an H200; shared memory as in correlate.cuh.
// Not yet measured.
#pragma once

#include "kernels/conv/gather_axis.h"
#include "kernels/conv/strip_product.cuh"
#include "kernels/core/divisor.h"

namespace heddle::HEDDLE_BACKEND {

/// Result is T, or f32 for the parts in the workspace.
template <class T, class Result>
struct FilterGradient : StripProduct {
  struct Params {
    GatherAxis vertical, horizontal;  // of the forward pass
    i64 pixels, pixels_of_part;       // of dy, of all images
    Divisor pixels_of_image, pixels_of_row;
    i64 channels, filters;        // of all groups
    Divisor inputs, taps_of_row;  // inputs: of a group
    i64 outputs, filter_size;     // of a group; taps x inputs
    Divisor tiles_of_part, tiles_of_group, tiles_across;
    T const* x;       // [images, h, w, channels]
    T const* dy;      // [images, p, q, filters]
    Result* dfilter;  // [parts, filters, filter_size]
    bool vectorised;  // four neighbours of a gradient are one access
  };
  struct SharedStorage {
    Strips strips;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    i64 const pixel_part = p.tiles_of_part.quotient(blockIdx.x), tile_of_part = p.tiles_of_part.remainder(blockIdx.x);
    i64 const group = p.tiles_of_group.quotient(tile_of_part), tile_of_group = p.tiles_of_group.remainder(tile_of_part);
    i64 const first_output = p.tiles_across.quotient(tile_of_group) * tile;
    i64 const first_element = p.tiles_across.remainder(tile_of_group) * tile;
    i64 const begin = pixel_part * p.pixels_of_part,
              end = begin + p.pixels_of_part < p.pixels ? begin + p.pixels_of_part : p.pixels;
    Element const element = element_of(p, group, first_element + across_depth(0).line);
    Sums sums = {};
    for (i64 first = begin; first < end; first += depth) {
      bring_dy(p, group, first_output, first, end, shared.strips.a);
      bring_x(p, element, first, end, shared.strips.b);
      __syncthreads();
      multiply(shared.strips, sums);
      __syncthreads();  // before the strips are overwritten
    }
    write(p, pixel_part * p.filters + group * p.outputs, first_output, first_element, sums);
  }

 private:
  /// An element of a filter: what it multiplies.
  struct Element {
    int row, column;  // from the first tap of a pixel
    i64 channel;      // negative beyond the last element
  };

  HEDDLE_DEVICE static Element element_of(Params const& p, i64 group, i64 element) {
    if (element >= p.filter_size) return {0, 0, -1};
    i64 const tap = p.inputs.quotient(element);
    return {static_cast<int>(p.taps_of_row.quotient(tap)) * p.vertical.tap_offset,
            static_cast<int>(p.taps_of_row.remainder(tap)) * p.horizontal.tap_offset,
            group * p.inputs.value() + p.inputs.remainder(element)};
  }

  HEDDLE_DEVICE static void bring_dy(Params const& p, i64 group, i64 first_output, i64 first, i64 end,
                                     f32 (&strip)[depth][pitch]) {
    HEDDLE_UNROLL
    for (int i = 0; i < brought; ++i) {
      auto const [line, k] = across_depth(i);
      i64 const output = first_output + line, pixel = first + k;
      bool const there = output < p.outputs && pixel < end;
      T const* const from = p.dy + pixel * p.filters + group * p.outputs + output;
      strip[k][line] = there ? to_f32(load_constant<T>(from)) : 0.0f;
    }
  }

  HEDDLE_DEVICE static void bring_x(Params const& p, Element const& element, i64 first, i64 end,
                                    f32 (&strip)[depth][pitch]) {
    HEDDLE_UNROLL
    for (int i = 0; i < brought; ++i) {
      auto const [line, k] = across_depth(i);
      i64 const pixel = first + k;
      i64 const image = p.pixels_of_image.quotient(pixel), within = p.pixels_of_image.remainder(pixel);
      i64 const row = p.pixels_of_row.quotient(within) * p.vertical.step + p.vertical.offset + element.row;
      i64 const column = p.pixels_of_row.remainder(within) * p.horizontal.step + p.horizontal.offset + element.column;
      bool const inside = pixel < end && element.channel >= 0 && row >= 0 && row < p.vertical.source_size &&
                          column >= 0 && column < p.horizontal.source_size;
      i64 const place = (image * p.vertical.source_size + row) * p.horizontal.source_size + column;
      strip[k][line] = inside ? to_f32(load_constant<T>(p.x + place * p.channels + element.channel)) : 0.0f;
    }
  }

  HEDDLE_DEVICE static void write(Params const& p, i64 filters_before, i64 first_output, i64 first_element,
                                  Sums const& sums) {
    i64 const element = first_element + column_of_thread();
    HEDDLE_UNROLL
    for (int i = 0; i < part; ++i) {
      i64 const output = first_output + row_of_thread() + i;
      if (output >= p.outputs) continue;
      Result* const to = p.dfilter + (filters_before + output) * p.filter_size + element;
      write_neighbours(to, sums[i], p.filter_size - element, p.vectorised);
    }
  }
};

/// Adds the gradients of the parts in their order; a thread an element, with several of its parts on their way.
template <class T>
struct AddParts {
  static constexpr int threads = 256, on_the_way = 8;
  struct Params {
    i64 count, parts;
    f32 const* partial;  // [parts, count]
    T* sum;              // [count]
  };
  struct SharedStorage {};

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    i64 const element = i64{blockIdx.x} * threads + threadIdx.x;
    if (element >= p.count) return;
    f32 sum = 0;
    for (i64 first = 0; first < p.parts; first += on_the_way) {
      f32 values[on_the_way];
      HEDDLE_UNROLL
      for (int i = 0; i < on_the_way; ++i)
        values[i] = first + i < p.parts ? load<f32>(p.partial + (first + i) * p.count + element) : 0.0f;
      HEDDLE_UNROLL
      for (int i = 0; i < on_the_way; ++i) sum += values[i];
    }
    p.sum[element] = from_f32<T>(sum);
  }
};

}  // namespace heddle::HEDDLE_BACKEND
