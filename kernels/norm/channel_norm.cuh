// Normalisation of channels, forward: statistics of columns, and y = activation(gamma * (x - mean) * rstd + beta +
// residual). Batch normalisation takes its statistics over all rows, group normalisation over the rows of an image and
// the channels of a group; between the two kernels stands a small one that makes them of the columns' (batch_norm.cuh).
//
// Threads: channel_strips.h. Neighbouring threads read neighbouring 16 bytes, each goes down its own columns.
// Statistics are sums of x - shift and of its square, where the shift is the first row of the chunk: a large mean does
// not cancel. They leave a mean and a sum of squared deviations for each column of a chunk, which are merged by the
// formula of Chan, Golub, LeVeque 1979.
//
// Floor: x read twice and y written once: 3 volumes, or 2 where x stays in the L2 cache. 64 MB: 47 us at the 4.3 TB/s
// that an H200 copies; 7 operations an element are far below its rate. Not yet measured.
#pragma once

#include "kernels/norm/channel_parameters.cuh"
#include "kernels/tile/activation.cuh"

namespace heddle::HEDDLE_BACKEND {

/// The mean and the sum of squared deviations from it of each column of each chunk.
template <class T>
struct ColumnStatistics {
  static constexpr int threads = ChannelStrips::threads;
  static constexpr int min_blocks = 2;
  static constexpr int vector = widest_vector<T>;
  using Sums = StripSums<2 * vector>;

  struct Params {
    ChannelStrips strips;
    bool aligned;
    T const* x;     // [images, rows, channels]
    f32* partials;  // [images, chunks, 2, columns]
  };

  struct SharedStorage {
    typename Sums::SharedStorage sums;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    ChannelStrips const& s = p.strips;
    StripThread<T> const thread(s);
    f32 shift[vector] = {};
    thread.visit_first_row(s, p.aligned, [&]<class Rows>(Rows const& rows) {
      typename Rows::Held x;
      rows.load(p.x, x);
      widen(x[0], shift);
    });

    f32 sums[2 * vector] = {};
    thread.template for_each<8>(s, p.aligned, [&]<class Rows>(Rows const& rows) {
      typename Rows::Held x;
      rows.load(p.x, x);
      HEDDLE_UNROLL
      for (int i = 0; i < Rows::count; ++i) {
        if (!rows.has(i)) continue;
        f32 values[vector];
        widen(x[i], values);
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) {
          f32 const difference = rows.has(i, k) ? values[k] - shift[k] : 0;
          sums[k] += difference;
          sums[vector + k] += difference * difference;
        }
      }
    });
    Sums::add(s, thread, sums, shared.sums);
    if (!thread.active || thread.row_thread > 0) return;

    f32 mean[vector], deviation[vector];
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) {
      i64 const count = s.count(thread.chunk, thread.column + k);
      f32 const offset = count == 0 ? 0 : sums[k] / static_cast<f32>(count);
      f32 const squares = sums[vector + k] - sums[k] * offset;
      mean[k] = shift[k] + offset;
      deviation[k] = squares < 0 ? 0 : squares;  // what rounding made negative; NaN stays
    }
    store_partials(s, thread, p.partials, mean, deviation);
  }
};

template <class T>
struct ChannelApply {
  static constexpr int threads = ChannelStrips::threads;
  static constexpr int min_blocks = 2;
  static constexpr int vector = widest_vector<T>;

  struct Params {
    ChannelStrips strips;
    bool aligned;
    Activation activation;
    ChannelParameters parameters;
    T const* x;         // [images, rows, channels]
    T const* residual;  // [images, rows, channels]; may be null
    T* y;               // [images, rows, channels]
    u8* positive;       // [ceil(elements / 8)]; may be null
  };

  struct SharedStorage {
    ColumnNumbers<T, 3> numbers;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    ChannelStrips const& s = p.strips;
    StripThread<T> const thread(s);
    shared.numbers.fill(s, thread, [&](i64 channel, f32(&made)[3]) { p.parameters.get(thread.image, channel, made); });
    ColumnMap<T> const map(thread, shared.numbers);

    thread.template for_each<4>(s, p.aligned, [&]<class Rows>(Rows const& rows) {
      typename Rows::Held x, residual = {};
      rows.load(p.x, x);
      if (p.residual) rows.load(p.residual, residual);
      HEDDLE_UNROLL
      for (int i = 0; i < Rows::count; ++i) {
        if (!rows.has(i)) continue;
        f32 values[vector], added[vector];
        widen(x[i], values);
        widen(residual[i], added);
        HEDDLE_UNROLL
        for (int k = 0; k < vector; ++k) values[k] = (values[k] - map.mean[k]) * map.scale[k] + map.beta[k] + added[k];
        activate(p.activation, values);
        rows.store(p.y, i, values);
        if (p.positive) store_positive(p.positive, rows, i, values);
      }
    });
  }

 private:
  /// One bit an element. In f32, two neighbouring threads share a byte: they are here together, because all they depend
  /// on is the row.
  template <class Rows>
  HEDDLE_DEVICE static void store_positive(u8* positive, Rows const& rows, int i, f32 const (&y)[vector]) {
    unsigned bits = 0;
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) bits |= (rows.has(i, k) && !(to_f32(from_f32<T>(y[k])) <= 0) ? 1u : 0u) << k;
    bool first = true;
    if constexpr (vector < 8) {
      unsigned const lane = threadIdx.x % 32, pair = 3u << (lane & ~1u);
      first = lane % 2 == 0;
      bits |= __shfl_xor_sync(pair, bits, 1) << vector;
    }
    if (first && rows.has(i, 0)) positive[rows.element(i) / 8] = static_cast<u8>(bits);
  }
};

}  // namespace heddle::HEDDLE_BACKEND
