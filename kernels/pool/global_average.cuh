// The mean over the positions of an image, and its gradient. Threads: a block takes `width` neighbouring groups of
// channels; its teams of `width` threads take positions in turn, each thread with the next eight under way before it
// adds the first. Teams are added in pairs in shared memory. Where images have many positions and there are few of
// them, blocks share an image's positions and leave partial sums, which the same kernel adds up. The shape decides the
// order of all additions: the same bits in every run.
//
// Floor: forward x read once, backward dx written once; the rest is small. 256 images of 56 x 56 x 256 in bf16: 411 MB,
// 96 us at the 4.3 TB/s that an H200 copies. Not yet measured.
#pragma once

#include "kernels/pool/global_average_config.h"
#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

/// The part of one block, and of one thread of it.
struct GlobalAverageShare {
  i64 image, split;
  i64 channel;  // the first of this thread's
  int team;
  i64 begin, end;  // of the positions of the block

  HEDDLE_DEVICE GlobalAverageShare(GlobalAverageSplit const& split_up, i64 positions, int vector)
      : image(blockIdx.x / split_up.columns),
        split(blockIdx.y),
        channel((blockIdx.x % split_up.columns * split_up.width + threadIdx.x % split_up.width) * vector),
        team(static_cast<int>(threadIdx.x) / split_up.width),
        begin(split * split_up.positions),
        end(begin + split_up.positions < positions ? begin + split_up.positions : positions) {}
};

/// y = scale * sum of x over the positions of a split.
template <class In, class Out, int vector>
struct GlobalAverageForward {
  static constexpr int threads = GlobalAverageSplit::threads;
  static constexpr int part = vector < 4 ? vector : 4;

  struct Params {
    i64 positions, c;
    GlobalAverageSplit split;
    f32 scale;
    In const* x;  // [n, positions, c]
    Out* y;       // [n, splits, c]
  };

  struct SharedStorage {
    Vector<f32, part> sums[vector / part][threads];
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    GlobalAverageShare const own(p.split, p.positions, vector);
    f32 sum[vector] = {};
    if (own.channel < p.c) add_positions(p, own, sum);
    for (int teams = p.split.teams() / 2; teams > 0; teams /= 2) {
      int const thread = static_cast<int>(threadIdx.x), other = thread + teams * p.split.width;
      __syncthreads();
      if (own.team >= teams && own.team < 2 * teams) put(shared, thread, sum);
      __syncthreads();
      if (own.team < teams) add(shared, other, sum);
    }
    if (own.team > 0 || own.channel >= p.c) return;
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) sum[k] *= p.scale;
    store_f32(p.y + (own.image * p.split.splits + own.split) * p.c + own.channel, sum);
  }

 private:
  HEDDLE_DEVICE static void add_positions(Params const& p, GlobalAverageShare const& own, f32 (&sum)[vector]) {
    constexpr int together = GlobalAverageSplit::together;
    int const teams = p.split.teams();
    In const* const x = p.x + own.image * p.positions * p.c + own.channel;
    for (i64 first = own.begin + own.team; first < own.end; first += together * teams) {
      Vector<In, vector> held[together] = {};
      HEDDLE_UNROLL
      for (int i = 0; i < together; ++i)
        if (first + i * teams < own.end) held[i] = load_constant<Vector<In, vector>>(x + (first + i * teams) * p.c);
      HEDDLE_UNROLL
      for (int i = 0; i < together; ++i) {
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) sum[k] += to_f32(held[i].values[k]);
      }
    }
  }

  HEDDLE_DEVICE static void put(SharedStorage& shared, int thread, f32 const (&sum)[vector]) {
    HEDDLE_UNROLL
    for (int i = 0; i < vector / part; ++i) {
      Vector<f32, part> values;
      HEDDLE_UNROLL
      for (int k = 0; k < part; ++k) values.values[k] = sum[i * part + k];
      store(&shared.sums[i][thread], values);
    }
  }

  HEDDLE_DEVICE static void add(SharedStorage const& shared, int thread, f32 (&sum)[vector]) {
    HEDDLE_UNROLL
    for (int i = 0; i < vector / part; ++i) {
      auto const values = load<Vector<f32, part>>(&shared.sums[i][thread]);
      HEDDLE_UNROLL
      for (int k = 0; k < part; ++k) sum[i * part + k] += values.values[k];
    }
  }
};

template <class T, int vector>
struct GlobalAverageBackward {
  static constexpr int threads = GlobalAverageSplit::threads;

  struct Params {
    i64 positions, c;
    GlobalAverageSplit split;
    f32 scale;
    T const* dy;  // [n, c]
    T* dx;        // [n, positions, c]
  };
  struct SharedStorage {};

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    GlobalAverageShare const own(p.split, p.positions, vector);
    if (own.channel >= p.c) return;
    f32 values[vector];
    load_f32(p.dy + own.image * p.c + own.channel, values);
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) values[k] *= p.scale;
    T* const dx = p.dx + own.image * p.positions * p.c + own.channel;
    for (i64 position = own.begin + own.team; position < own.end; position += p.split.teams())
      store_f32(dx + position * p.c, values);
  }
};

}  // namespace heddle::HEDDLE_BACKEND
