// Depthwise convolution, forward and backward-data: every target pixel gathers source pixels of its own channel. Memory
// bounds it, so it is no matrix product but a map that reads neighbours.
//
// Threads: a thread makes strips of 4 neighbouring pixels of a row for 16 bytes of channels. For each row of the filter
// it reads what the strip meets once, 6 accesses for a 3 x 3 filter, and keeps it in registers for all taps of the row;
// rows that strips share come from L1. Lanes of a warp have neighbouring channels. The filter of a block's channels
// lies in shared memory, taps apart, so that a tap is one access. With a stride, backward-data makes the phases of it
// (axis.h) one after another from the same source pixels: no wasted tap, and dy comes from memory once.
//
// Floor: source and target once, at the 4.3 TB/s that an H200 copies: 18.6 bytes a cycle and multiprocessor, 4.6
// elements of bf16 with stride 1. In instructions of a thread for an element of the target, of which a multiprocessor
// issues 128 a cycle, with r x s taps:
//                                    3 x 3   5 x 5   7 x 7
//   multiply-adds         r s            9      25      49
//   source to f32   r (s + 3) / 4      4.5      10    17.5   one each for 16-bit types, none for f32
//   filter to f32       r s / 4        2.3     6.3    12.3
//   elements a cycle                   8.1     3.1     1.6
// so 3 x 3 is bound by memory, 5 x 5 in 16-bit types runs at two thirds of the copy, and in f32, at 2.3 elements a
// cycle from memory, at all of it. L1 brings (r (s + 3) / 4) accesses for each of the target: 42 bytes a cycle for
// 3 x 3, of 128.
// Not yet measured.
#pragma once

#include "kernels/conv/depthwise_plan.h"
#include "kernels/conv/depthwise_vector.cuh"
#include "kernels/conv/gather_axis.h"

namespace heddle::HEDDLE_BACKEND {

template <class T, DepthwiseWindow window, int vector>
struct DepthwiseGather {
  static constexpr int threads = 256;
  static constexpr int min_blocks = 2;
  static constexpr int most_lanes = 32;

  struct Params {
    GatherAxis vertical[most_depthwise_phases], horizontal[most_depthwise_phases];
    int vertical_phases;
    i64 channels;
    DepthwiseLanes lanes;
    Strips strips;  // of the largest phase
    i64 strips_of_block;
    int taps, taps_of_row;  // of a filter
    T const* source;        // [images, vertical.source_size, horizontal.source_size, channels]
    T const* filter;        // [channels, taps]
    T* target;              // [images, vertical.target_size, horizontal.target_size, channels]
  };
  struct SharedStorage {
    static constexpr int pitch = most_lanes * vector + widest_vector<T>;
    alignas(16) T weights[most_depthwise_taps(window)][pitch];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    i64 const slab = blockIdx.x % p.lanes.slabs, block = blockIdx.x / p.lanes.slabs;
    i64 const slab_width = i64{p.lanes.lanes} * vector;
    bring_filter(p, slab * slab_width, shared);
    __syncthreads();
    int const lane = static_cast<int>(threadIdx.x) % p.lanes.lanes;
    int const team = static_cast<int>(threadIdx.x) / p.lanes.lanes;
    i64 const channel = slab * slab_width + lane * vector;
    if (team >= p.lanes.teams || channel >= p.channels) return;
    i64 const first = block * p.strips_of_block, last = first + p.strips_of_block;
    i64 const end = last < p.strips.count() ? last : p.strips.count();
    StripPlace const step = p.strips.place(p.lanes.teams);
    StripPlace place = p.strips.place(first + team);
    for (i64 strip = first + team; strip < end; strip += p.lanes.teams) {
      for (int phase = 0; phase < p.vertical_phases; ++phase) {
        make<0>(p, p.vertical[phase], place, channel, &shared.weights[0][lane * vector]);
        if constexpr (window.phases == 2)
          make<1>(p, p.vertical[phase], place, channel, &shared.weights[0][lane * vector]);
      }
      place = p.strips.advanced(place, step);
    }
  }

 private:
  static constexpr int columns = depthwise_columns;
  using Sums = f32[columns][vector];

  /// 8 taps of 4 channels by a warp, which do not meet in a bank.
  HEDDLE_DEVICE static void bring_filter(Params const& p, i64 first_channel, SharedStorage& shared) {
    i64 const left = p.channels - first_channel, width = p.lanes.lanes * vector;
    int const count = 8 * static_cast<int>(left < width ? left : width);
    T const* const filter = p.filter + first_channel * p.taps;
    for (int first_tap = 0; first_tap < p.taps; first_tap += 8)
      for (int i = static_cast<int>(threadIdx.x); i < count; i += threads) {
        int const tap = first_tap + i % 8, channel = i / 8;
        if (tap < p.taps) shared.weights[tap][channel] = load_constant<T>(filter + channel * p.taps + tap);
      }
  }

  /// The strip of a phase.
  template <int phase>
  HEDDLE_DEVICE static void make(Params const& p, GatherAxis const& vertical, StripPlace place, i64 channel,
                                 T const* weights) {
    GatherAxis const& horizontal = p.horizontal[phase];
    int const first = place.strip * columns;
    if (place.row >= vertical.count || first >= horizontal.count) return;
    Sums sums = {};
    i64 const row_size = horizontal.source_size * p.channels;
    for (int tap = 0; tap < vertical.taps; ++tap) {
      int const row = place.row * vertical.step + vertical.offset + tap * vertical.tap_offset;
      if (row < 0 || row >= vertical.source_size) continue;
      T const* const source = p.source + (place.image * vertical.source_size + row) * row_size + channel;
      int const tap_row = (vertical.tap_index + tap * vertical.tap_step) * p.taps_of_row;
      for (int t = 0; t < horizontal.taps; t += window.taps_of(phase))
        add_taps<window.taps_of(phase)>(p, horizontal, first, t, source, weights + tap_row * SharedStorage::pitch,
                                        sums);
    }
    i64 const target_row =
        (place.image * vertical.target_size + vertical.target_begin + place.row * vertical.target_step) *
        horizontal.target_size;
    HEDDLE_UNROLL
    for (int j = 0; j < columns; ++j) {
      if (first + j >= horizontal.count) continue;
      i64 const pixel = target_row + horizontal.target_begin + (first + j) * horizontal.target_step;
      store_f32(p.target + pixel * p.channels + channel, sums[j]);
    }
  }

  /// Adds `taps` taps of a row, from `first_tap` on.
  template <int taps>
  HEDDLE_DEVICE static void add_taps(Params const& p, GatherAxis const& axis, int first, int first_tap, T const* source,
                                     T const* weights, Sums& sums) {
    constexpr int slots = (columns - 1) * window.step + taps;
    int const begin = first * axis.step + axis.offset + first_tap * axis.tap_offset;
    int const distance = taps == 1 ? axis.step : 1;
    f32 values[slots][vector];
    load_pixels(source, axis.source_size, p.channels, begin, distance, values);
    HEDDLE_UNROLL
    for (int tap = 0; tap < taps; ++tap) {
      int const index = axis.tap_index + (first_tap + tap) * axis.tap_step;
      f32 weight[vector];
      widen<T>(load<RawVector<T, vector>>(weights + index * SharedStorage::pitch), weight);
      HEDDLE_UNROLL
      for (int j = 0; j < columns; ++j) HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) sums[j][k] = __fmaf_rn(values[j * window.step + tap][k], weight[k], sums[j][k]);
    }
  }
};

}  // namespace heddle::HEDDLE_BACKEND
