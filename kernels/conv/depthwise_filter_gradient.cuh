// The gradient of a depthwise convolution's filters: for each channel and tap the sum of dy * x over all pixels. Memory
// bounds it.
//
// The strips of dy are cut into parts, whose sums go to the workspace, [parts, taps, channels], from where they are
// added in their order: the same bits on any card.
//
// Threads: a thread has 16 bytes of channels and the taps of one row of the filter, of which it keeps the sums. Those
// of the other rows have the same strips of 4 pixels at the same time: they read the same dy, and what x they share
// comes from L1. Of the threads for one row, the members, each goes through its own strips of the part; at last they
// add up their sums in their order, in shared memory.
//
// Floor: x and dy once, at the 4.3 TB/s that an H200 copies: 18.6 bytes a cycle and multiprocessor, 4.6 elements of
// each in bf16 with stride 1. In instructions of a thread for an element, of which a multiprocessor issues 128 a cycle,
// with r x s taps:
//                                        3 x 3   5 x 5   7 x 7
//   multiply-adds             r s            9      25      49
//   to f32      r (s + 3 + 4) / 4          7.5      15    24.5   one each for 16-bit types, none for f32
//   elements a cycle                       7.8     3.2     1.7
// L1 brings r (s + 7) / 4 accesses an element: 70 bytes a cycle for 3 x 3, of 128. The parts are at most 528 gradients
// in f32. Not yet measured.
#pragma once

#include "kernels/conv/depthwise_plan.h"
#include "kernels/conv/depthwise_vector.cuh"
#include "kernels/conv/gather_axis.h"

namespace heddle::HEDDLE_BACKEND {

template <class T, DepthwiseWindow window, int vector>
struct DepthwiseFilterGradient {
  static constexpr int threads = 128;
  static constexpr int min_blocks = sizeof(T) == 2 && window.taps >= 5 ? 3 : 4;  // the sums take 8 registers a tap
  static constexpr int most_lanes = 8;

  struct Params {
    GatherAxis vertical, horizontal;  // of the forward pass
    i64 channels;
    DepthwiseLanes lanes;
    Strips strips;  // of dy
    i64 strips_of_part;
    int tasks, tasks_of_row, tasks_at_once, task_groups;  // a task: `taps` taps of a row
    T const* x;    // [images, vertical.source_size, horizontal.source_size, channels]
    T const* dy;   // [images, vertical.target_size, horizontal.target_size, channels]
    f32* partial;  // [parts, taps, channels]
  };

 private:
  static constexpr int taps = window.taps, columns = depthwise_columns;
  static constexpr int slots = (columns - 1) * window.step + taps;
  static constexpr int piece = vector < 4 ? vector : 4;  // of channels, that is an access to shared memory
  using Sums = f32[taps][vector];

 public:
  /// Only with two members or more.
  struct SharedStorage {
    alignas(16) f32 sums[threads / 2 * taps * vector];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    i64 const slab = blockIdx.x % p.lanes.slabs, rest = blockIdx.x / p.lanes.slabs;
    i64 const part = rest / p.task_groups;
    int const lane = static_cast<int>(threadIdx.x) % p.lanes.lanes;
    int const team = static_cast<int>(threadIdx.x) / p.lanes.lanes;
    int const members = p.lanes.teams / p.tasks_at_once, member = team / p.tasks_at_once;
    int const place = team % p.tasks_at_once, task = static_cast<int>(rest % p.task_groups) * p.tasks_at_once + place;
    i64 const channel = (slab * p.lanes.lanes + lane) * vector;
    bool const active = member < members && task < p.tasks && channel < p.channels;
    int const tap_row = task / p.tasks_of_row, first_tap = task % p.tasks_of_row * taps;
    Sums sums = {};
    if (active) add_strips(p, part, member, members, tap_row, first_tap, channel, sums);
    int const at = place * taps * vector * p.lanes.lanes + lane * piece;
    for (int turn = 0; turn + 1 < members; ++turn) {
      if (active && member == turn) put(shared, at, p.lanes.lanes, sums);
      __syncthreads();
      if (active && member == turn + 1) add(shared, at, p.lanes.lanes, sums);
    }
    if (!active || member + 1 != members) return;
    i64 const element = part * p.vertical.taps * p.horizontal.taps + tap_row * p.horizontal.taps + first_tap;
    HEDDLE_UNROLL
    for (int tap = 0; tap < taps; ++tap) store_f32(p.partial + (element + tap) * p.channels + channel, sums[tap]);
  }

 private:
  HEDDLE_DEVICE static void add_strips(Params const& p, i64 part, int member, int members, int tap_row, int first_tap,
                                       i64 channel, Sums& sums) {
    GatherAxis const &vertical = p.vertical, &horizontal = p.horizontal;
    i64 const begin = part * p.strips_of_part, last = begin + p.strips_of_part;
    i64 const end = last < p.strips.count() ? last : p.strips.count();
    StripPlace const step = p.strips.place(members);
    StripPlace place = p.strips.place(begin + member);
    int const offset_h = vertical.offset + tap_row * vertical.tap_offset;
    int const offset_w = horizontal.offset + first_tap * horizontal.tap_offset;
    for (i64 strip = begin + member; strip < end; strip += members) {
      int const row = place.row * vertical.step + offset_h, first = place.strip * columns;
      if (row >= 0 && row < vertical.source_size) {
        f32 dy[columns][vector], x[slots][vector];
        i64 const dy_row = (place.image * vertical.target_size + place.row) * horizontal.target_size;
        i64 const x_row = (place.image * vertical.source_size + row) * horizontal.source_size;
        load_pixels(p.dy + dy_row * p.channels + channel, horizontal.target_size, p.channels, first, 1, dy);
        load_pixels(p.x + x_row * p.channels + channel, horizontal.source_size, p.channels,
                    first * horizontal.step + offset_w, taps == 1 ? horizontal.step : 1, x);
        HEDDLE_UNROLL
        for (int tap = 0; tap < taps; ++tap) HEDDLE_UNROLL
        for (int j = 0; j < columns; ++j) HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) sums[tap][k] = __fmaf_rn(dy[j][k], x[j * window.step + tap][k], sums[tap][k]);
      }
      place = p.strips.advanced(place, step);
    }
  }

  /// Calls body(the first place in shared memory, the sums) for each piece.
  template <class Body>
  HEDDLE_DEVICE static void for_each_piece(SharedStorage& shared, int at, int lanes, Sums& sums, Body const& body) {
    HEDDLE_UNROLL
    for (int tap = 0; tap < taps; ++tap) HEDDLE_UNROLL
    for (int first = 0; first < vector; first += piece)
      body(shared.sums + at + (tap * vector + first) * lanes, &sums[tap][first]);
  }

  HEDDLE_DEVICE static void put(SharedStorage& shared, int at, int lanes, Sums& sums) {
    for_each_piece(shared, at, lanes, sums, [](f32* place, f32 const* values) {
      Vector<f32, piece> held;
      HEDDLE_UNROLL
      for (int k = 0; k < piece; ++k) held.values[k] = values[k];
      store(place, held);
    });
  }

  HEDDLE_DEVICE static void add(SharedStorage& shared, int at, int lanes, Sums& sums) {
    for_each_piece(shared, at, lanes, sums, [](f32 const* place, f32* values) {
      auto const held = load<Vector<f32, piece>>(place);
      HEDDLE_UNROLL
      for (int k = 0; k < piece; ++k) values[k] += held.values[k];
    });
  }
};

/// Element (tap, channel) of the sum of the parts, rounded, to its place in the gradient [channels, taps].
template <class T>
struct StoreDepthwiseFilter {
  Divisor channels;
  i64 taps;
  T* dfilter;

  HEDDLE_DEVICE void operator()(i64 element, f32 sum) const {
    dfilter[channels.remainder(element) * taps + channels.quotient(element)] = from_f32<T>(sum);
  }
};

}  // namespace heddle::HEDDLE_BACKEND
