// A thread's way down its columns of a chunk (channel_strips.h).
#pragma once

#include "kernels/norm/channel_strips.h"
#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

/// Up to `accesses` rows of a thread, 16 bytes of each: all loads are under way before the first is used.
template <class T, int accesses>
struct WholeRows {
  static constexpr int count = accesses;
  static constexpr int vector = widest_vector<T>;
  using Held = Vector<T, vector>[count];

  i64 first, stride;  // elements
  int live;           // rows that there are

  HEDDLE_DEVICE bool has(int i) const { return i < live; }
  HEDDLE_DEVICE bool has(int, int) const { return true; }
  HEDDLE_DEVICE i64 element(int i) const { return first + i * stride; }
  HEDDLE_DEVICE void load(T const* p, Held& held) const {
    HEDDLE_UNROLL
    for (int i = 0; i < count; ++i)
      if (has(i)) held[i] = load_constant<Vector<T, vector>>(p + element(i));
  }
  HEDDLE_DEVICE void store(T* p, int i, f32 const (&values)[vector]) const { store_f32(p + element(i), values); }
};

/// One row of a thread, element by element: where the row ends early, and in tensors that are not aligned.
template <class T>
struct PartOfRow {
  static constexpr int count = 1;
  static constexpr int vector = widest_vector<T>;
  using Held = Vector<T, vector>[count];

  i64 first;
  i64 end;  // of the image

  HEDDLE_DEVICE bool has(int) const { return true; }
  HEDDLE_DEVICE bool has(int, int k) const { return first + k < end; }
  HEDDLE_DEVICE i64 element(int) const { return first; }
  HEDDLE_DEVICE void load(T const* p, Held& held) const {
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) held[0].values[k] = has(0, k) ? p[first + k] : from_f32<T>(0);
  }
  HEDDLE_DEVICE void store(T* p, int, f32 const (&values)[vector]) const {
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k)
      if (has(0, k)) p[first + k] = from_f32<T>(values[k]);
  }
};

template <int count, class T>
HEDDLE_DEVICE void widen(Vector<T, count> const& held, f32 (&values)[count]) {
  HEDDLE_UNROLL
  for (int k = 0; k < count; ++k) values[k] = to_f32(held.values[k]);
}

/// Where this thread and its block stand.
template <class T>
struct StripThread {
  static constexpr int vector = widest_vector<T>;
  static constexpr int most_columns = ChannelStrips::most_lanes * vector;  // of a strip

  i64 image, chunk, first_row;  // of the block
  i64 strip_column;             // the block's first
  i64 column;                   // this thread's first
  int lane, row_thread;
  bool active;  // whether it has columns

  HEDDLE_DEVICE explicit StripThread(ChannelStrips const& s) {
    i64 const block = blockIdx.x, chunks_before = block / s.strips;
    image = chunks_before / s.chunks;
    chunk = chunks_before % s.chunks;
    first_row = chunk * s.chunk_rows;
    strip_column = block % s.strips * s.lanes * vector;
    lane = static_cast<int>(threadIdx.x) % s.lanes;
    row_thread = static_cast<int>(threadIdx.x) / s.lanes;
    column = strip_column + lane * vector;
    active = row_thread < s.row_threads() && column < s.columns;
  }

  /// Calls visit(rows) until the thread has seen all its rows of the chunk. `aligned`: images start at multiples of 16
  /// bytes.
  template <int accesses, class Visit>
  HEDDLE_DEVICE void for_each(ChannelStrips const& s, bool aligned, Visit&& visit) const {
    if (!active) return;
    i64 const chunk_end = min(first_row + s.chunk_rows, s.folded_rows), base = image * s.elements();
    i64 const whole_end = aligned ? min(chunk_end, s.elements() / s.columns) : first_row;
    int const step = s.row_threads();
    for (i64 row = first_row + row_thread; row < whole_end; row += accesses * step) {
      i64 const left = (whole_end - row + step - 1) / step;
      visit(WholeRows<T, accesses>{base + row * s.columns + column, step * s.columns,
                                   static_cast<int>(min(left, static_cast<i64>(accesses)))});
    }
    int const turn = (row_thread + step - static_cast<int>((whole_end - first_row) % step)) % step;
    for (i64 row = whole_end + turn; row < chunk_end; row += step)
      visit(PartOfRow<T>{base + row * s.columns + column, base + s.elements()});
  }

  /// Calls visit(rows) for the first row of the chunk.
  template <class Visit>
  HEDDLE_DEVICE void visit_first_row(ChannelStrips const& s, bool aligned, Visit&& visit) const {
    if (!active) return;
    i64 const base = image * s.elements(), first = base + first_row * s.columns + column;
    if (aligned && first_row < s.elements() / s.columns)
      visit(WholeRows<T, 1>{first, 0, 1});
    else
      visit(PartOfRow<T>{first, base + s.elements()});
  }
};

}  // namespace heddle::HEDDLE_BACKEND
