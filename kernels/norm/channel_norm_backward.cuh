// Normalisation of channels, backward. With g = dy * activation'(gamma * (x - mean) * rstd + beta + residual):
//   dx = gamma * rstd * g - a - b * (x - mean),  a and b from the sums of g and g * (x - mean).
//
// The first kernel sums over columns and writes g where it is the residual's gradient; a small one makes a and b of the
// sums (batch_norm.cuh); the last writes dx. Threads: channel_strips.h. g is made anew from x in the last kernel where
// it is not stored. With a residual, relu takes the sign of y, of which the forward pass stores one bit.
//
// Floor: x and dy read twice, dx written: 5 volumes. With relu and a residual: x, dy, bits read, g written; x and g
// read, dx written: 6 volumes and 1/16 (16-bit types; f32: 1/32). Other activations read the residual: 7. Not yet
// measured.
#pragma once

#include "kernels/norm/channel_gradient.cuh"

namespace heddle::HEDDLE_BACKEND {

/// The sums of g and of g * (x - mean) over each column of each chunk.
template <class T>
struct ColumnGradients {
  static constexpr int threads = ChannelStrips::threads;
  static constexpr int min_blocks = 2;
  static constexpr int vector = widest_vector<T>;
  using Sums = StripSums<2 * vector>;

  struct Params {
    ChannelStrips strips;
    bool aligned;
    ChannelParameters parameters;
    GradientSource<T> source;
    T* dresidual;   // [images, rows, channels]: g; may be null
    f32* partials;  // [images, chunks, 2, columns]
  };

  union SharedStorage {
    ColumnNumbers<T, 3> numbers;
    typename Sums::SharedStorage sums;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    ChannelStrips const& s = p.strips;
    StripThread<T> const thread(s);
    shared.numbers.fill(s, thread, [&](i64 channel, f32(&made)[3]) { p.parameters.get(thread.image, channel, made); });
    ColumnMap<T> const map(thread, shared.numbers);
    __syncthreads();  // the numbers have been read, before sums take their place

    f32 sums[2 * vector] = {};
    thread.template for_each<2>(s, p.aligned, [&]<class Rows>(Rows const& rows) {
      HeldGradient<T, Rows> const held(p.source, rows);
      HEDDLE_UNROLL
      for (int i = 0; i < Rows::count; ++i) {
        if (!rows.has(i)) continue;
        f32 x[vector], g[vector];
        held.get(i, map, x, g);
        if (p.dresidual) {
          rows.store(p.dresidual, i, g);
          HEDDLE_UNROLL
          for (int k = 0; k < vector; ++k) g[k] = to_f32(from_f32<T>(g[k]));  // as the last kernel reads it
        }
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) {
          sums[k] += g[k];
          sums[vector + k] += g[k] * x[k];
        }
      }
    });
    Sums::add(s, thread, sums, shared.sums);
    if (!thread.active || thread.row_thread > 0) return;

    f32 of_g[vector], of_product[vector];
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) {
      of_g[k] = sums[k];
      of_product[k] = sums[vector + k];
    }
    store_partials(s, thread, p.partials, of_g, of_product);
  }
};

/// dx = scale * g - a - b * (x - mean).
template <class T>
struct ChannelBackwardApply {
  static constexpr int threads = ChannelStrips::threads;
  static constexpr int min_blocks = 2;
  static constexpr int vector = widest_vector<T>;

  struct Params {
    ChannelStrips strips;
    bool aligned;
    ChannelParameters parameters;
    GradientSource<T> source;
    f32 const* a;  // [images, groups]
    f32 const* b;  // [images, groups]
    T* dx;         // [images, rows, channels]
  };

  struct SharedStorage {
    ColumnNumbers<T, 5> numbers;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    ChannelStrips const& s = p.strips;
    StripThread<T> const thread(s);
    shared.numbers.fill(s, thread, [&](i64 channel, f32(&made)[5]) {
      p.parameters.get(thread.image, channel, made);
      i64 const group = p.parameters.group(thread.image, channel);
      made[3] = p.a[group];
      made[4] = p.b[group];
    });
    ColumnMap<T> const map(thread, shared.numbers);

    thread.template for_each<2>(s, p.aligned, [&]<class Rows>(Rows const& rows) {
      HeldGradient<T, Rows> const held(p.source, rows);
      HEDDLE_UNROLL
      for (int i = 0; i < Rows::count; ++i) {
        if (!rows.has(i)) continue;
        f32 x[vector], g[vector], a[vector], b[vector];
        held.get(i, map, x, g);
        shared.numbers.read(thread, 3, a);  // here, because registers are short
        shared.numbers.read(thread, 4, b);
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) g[k] = map.scale[k] * g[k] - a[k] - b[k] * x[k];
        rows.store(p.dx, i, g);
      }
    });
  }
};

}  // namespace heddle::HEDDLE_BACKEND
