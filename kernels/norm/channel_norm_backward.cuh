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

#include "kernels/norm/channel_norm.cuh"

namespace heddle::HEDDLE_BACKEND {

/// Where g comes from.
template <class T>
struct GradientSource {
  Activation activation;
  T const* x;          // [images, rows, channels]
  T const* dy;         // [images, rows, channels]
  T const* residual;   // [images, rows, channels]; may be null
  u8 const* positive;  // [ceil(elements / 8)]: the sign of y, for relu; may be null
};

/// Some rows of x and g.
template <class T, class Rows>
class HeldGradient {
 public:
  static constexpr int vector = widest_vector<T>;

  HEDDLE_DEVICE HeldGradient(GradientSource<T> const& source, Rows const& rows) : source_(source), rows_(rows) {
    rows.load(source.x, x_);
    rows.load(source.dy, dy_);
    if (source.positive) {
      HEDDLE_UNROLL
      for (int i = 0; i < Rows::count; ++i)
        if (rows.has(i) && rows.has(i, 0)) bits_[i] = source.positive[rows.element(i) / 8];
    } else if (source.residual) {
      rows.load(source.residual, residual_);
    }
  }

  /// x - mean, and g; zeros past the end of a row.
  HEDDLE_DEVICE void get(int i, f32 const (&mean)[vector], f32 const (&scale)[vector], f32 const (&beta)[vector],
                         f32 (&x)[vector], f32 (&g)[vector]) const {
    widen(x_[i], x);
    widen(dy_[i], g);
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) x[k] = rows_.has(i, k) ? x[k] - mean[k] : 0;
    if (source_.positive) {
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k)
        if ((bits_[i] >> (rows_.element(i) % 8 + k) & 1) == 0) g[k] = 0;
    } else if (source_.activation != Activation::none) {
      f32 before[vector];
      widen(residual_[i], before);
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) before[k] += x[k] * scale[k] + beta[k];
      activation_gradient(source_.activation, before, g);
    }
  }

 private:
  GradientSource<T> const& source_;
  Rows const& rows_;
  typename Rows::Held x_, dy_, residual_ = {};
  unsigned bits_[Rows::count] = {};
};

/// The sums of g and of g * (x - mean) over each column of each chunk.
template <class T>
struct ColumnGradients {
  static constexpr int threads = ChannelStrips::threads;
  static constexpr int min_blocks = 2;
  static constexpr int vector = widest_vector<T>;
  using Numbers = ColumnNumbers<T, 3>;
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
    typename Numbers::SharedStorage numbers;
    typename Sums::SharedStorage sums;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    ChannelStrips const& s = p.strips;
    StripThread<T> const thread(s);
    Numbers::fill(s, thread, shared.numbers, [&](i64 channel, f32(&made)[3]) {
      p.parameters.get(thread.image, channel, made[0], made[1], made[2]);
    });
    f32 mean[vector], scale[vector], beta[vector];
    Numbers::read(thread, shared.numbers, 0, mean);
    Numbers::read(thread, shared.numbers, 1, scale);
    Numbers::read(thread, shared.numbers, 2, beta);
    __syncthreads();  // the numbers have been read, before sums take their place

    f32 sums[2 * vector] = {};
    thread.template for_each<2>(s, p.aligned, [&]<class Rows>(Rows const& rows) {
      HeldGradient<T, Rows> const held(p.source, rows);
      HEDDLE_UNROLL
      for (int i = 0; i < Rows::count; ++i) {
        if (!rows.has(i)) continue;
        f32 x[vector], g[vector];
        held.get(i, mean, scale, beta, x, g);
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
    f32* const partials = p.partials + (thread.image * s.chunks + thread.chunk) * 2 * s.columns + thread.column;
    store_f32(partials, of_g);
    store_f32(partials + s.columns, of_product);
  }
};

/// dx = scale * g - a - b * (x - mean).
template <class T>
struct ChannelBackwardApply {
  static constexpr int threads = ChannelStrips::threads;
  static constexpr int min_blocks = 2;
  static constexpr int vector = widest_vector<T>;
  using Numbers = ColumnNumbers<T, 5>;

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
    typename Numbers::SharedStorage numbers;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    ChannelStrips const& s = p.strips;
    StripThread<T> const thread(s);
    Numbers::fill(s, thread, shared.numbers, [&](i64 channel, f32(&made)[5]) {
      p.parameters.get(thread.image, channel, made[0], made[1], made[2]);
      i64 const group = p.parameters.group(thread.image, channel);
      made[3] = p.a[group];
      made[4] = p.b[group];
    });
    f32 mean[vector], scale[vector], beta[vector];
    Numbers::read(thread, shared.numbers, 0, mean);
    Numbers::read(thread, shared.numbers, 1, scale);
    Numbers::read(thread, shared.numbers, 2, beta);

    thread.template for_each<2>(s, p.aligned, [&]<class Rows>(Rows const& rows) {
      HeldGradient<T, Rows> const held(p.source, rows);
      HEDDLE_UNROLL
      for (int i = 0; i < Rows::count; ++i) {
        if (!rows.has(i)) continue;
        f32 x[vector], g[vector], a[vector], b[vector];
        held.get(i, mean, scale, beta, x, g);
        Numbers::read(thread, shared.numbers, 3, a);  // here, because registers are short
        Numbers::read(thread, shared.numbers, 4, b);
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) g[k] = scale[k] * g[k] - a[k] - b[k] * x[k];
        rows.store(p.dx, i, g);
      }
    });
  }
};

}  // namespace heddle::HEDDLE_BACKEND
