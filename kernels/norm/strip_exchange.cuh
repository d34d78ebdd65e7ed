// What the threads of a block give each other of the columns of their strip, by shared memory: numbers that are made
// once, and sums (channel_strips.cuh).
#pragma once

#include "kernels/norm/channel_strips.cuh"

namespace heddle::HEDDLE_BACKEND {

/// Numbers for each column of a strip, made once a block, in shared memory.
template <class T, int count>
struct alignas(16) ColumnNumbers {
  static constexpr int vector = widest_vector<T>;

  f32 numbers[count][StripThread<T>::most_columns];

  /// Calls make(channel, numbers) for each column. All threads call this.
  template <class Make>
  HEDDLE_DEVICE void fill(ChannelStrips const& s, StripThread<T> const& thread, Make&& make) {
    for (int i = threadIdx.x; i < s.lanes * vector && thread.strip_column + i < s.columns; i += s.threads) {
      f32 made[count];
      make((thread.strip_column + i) % s.channels, made);
      HEDDLE_UNROLL
      for (int n = 0; n < count; ++n) numbers[n][i] = made[n];
    }
    __syncthreads();
  }

  /// Number n of the thread's columns, if it is active.
  HEDDLE_DEVICE void read(StripThread<T> const& thread, int n, f32 (&values)[vector]) const {
    if (!thread.active) return;
    HEDDLE_UNROLL
    for (int k = 0; k < vector; k += 4) {
      auto const four = load<Vector<f32, 4>>(&numbers[n][thread.lane * vector + k]);
      HEDDLE_UNROLL
      for (int j = 0; j < 4; ++j) values[k + j] = four.values[j];
    }
  }
};

/// Sums over the threads of a block that share columns, pairwise: the order is that of the rows.
template <int count>
struct StripSums {
  struct alignas(16) SharedStorage {
    Vector<f32, 4> sums[count / 4][ChannelStrips::threads / 2];
  };

  /// Leaves the sums with the threads of row_thread 0. All threads of the block call this.
  template <class T>
  HEDDLE_DEVICE static void add(ChannelStrips const& s, StripThread<T> const& t, f32 (&sums)[count],
                                SharedStorage& shared) {
    for (int rows = s.row_threads(); rows > 1; rows = (rows + 1) / 2) {
      int const upper = t.row_thread - (rows + 1) / 2;  // 0, 1, … in the upper half
      int const lower = t.row_thread;
      if (upper >= 0 && t.row_thread < rows) put(sums, upper * s.lanes + t.lane, shared);
      __syncthreads();
      if (lower < rows / 2) take(sums, lower * s.lanes + t.lane, shared);
      __syncthreads();
    }
  }

 private:
  HEDDLE_DEVICE static void put(f32 const (&sums)[count], int slot, SharedStorage& shared) {
    HEDDLE_UNROLL
    for (int i = 0; i < count; i += 4)
      store(&shared.sums[i / 4][slot], Vector<f32, 4>{sums[i], sums[i + 1], sums[i + 2], sums[i + 3]});
  }
  HEDDLE_DEVICE static void take(f32 (&sums)[count], int slot, SharedStorage& shared) {
    HEDDLE_UNROLL
    for (int i = 0; i < count; i += 4) {
      auto const four = load<Vector<f32, 4>>(&shared.sums[i / 4][slot]);
      HEDDLE_UNROLL
      for (int j = 0; j < 4; ++j) sums[i + j] += four.values[j];
    }
  }
};

/// Writes two sums of each of the thread's columns, of the first of whose threads it is, to partials [images, chunks,
/// 2, columns].
template <class T, int vector>
HEDDLE_DEVICE void store_partials(ChannelStrips const& s, StripThread<T> const& t, f32* partials,
                                  f32 const (&first)[vector], f32 const (&second)[vector]) {
  f32* const to = partials + (t.image * s.chunks + t.chunk) * 2 * s.columns + t.column;
  store_f32(to, first);
  store_f32(to + s.columns, second);
}

}  // namespace heddle::HEDDLE_BACKEND
