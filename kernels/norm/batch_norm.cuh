// Batch normalisation between the passes of channel_norm.cuh: what the columns of the chunks left becomes the
// statistics of channels, and the numbers that the backward pass goes on with.
//
// A block takes 32 channels, one a lane; its 32 warps each go through every 32nd column of a chunk that belongs to the
// channel, and their sums are added pairwise.
#pragma once

#include "kernels/machine/machine.cuh"
#include "kernels/norm/channel_strips.h"

namespace heddle::HEDDLE_BACKEND {

/// Sums over the columns of the chunks of an image that belong to one channel.
template <int count>
struct ChannelSums {
  static constexpr int warps = 32;
  static constexpr int threads = 32 * warps;

  struct SharedStorage {
    f32 sums[count][warps][32];
  };

  /// This thread's channel, which may be past the last.
  HEDDLE_DEVICE static i64 channel() { return static_cast<i64>(blockIdx.x) * 32 + threadIdx.x % 32; }

  /// Calls add(chunk, column, sums) for each, and leaves the sums with the threads of the first warp. All threads call
  /// this.
  template <class Add>
  HEDDLE_DEVICE static void make(ChannelStrips const& s, SharedStorage& shared, f32 (&sums)[count], Add&& add) {
    int const warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    int const columns = static_cast<int>(s.chunks) * s.fold;  // few: most_blocks times 8 at most
    if (channel() < s.channels)
      for (int i = warp; i < columns; i += warps) add(i / s.fold, i % s.fold * s.channels + channel(), sums);
    HEDDLE_UNROLL
    for (int n = 0; n < count; ++n) shared.sums[n][warp][lane] = sums[n];
    for (int upper = warps / 2; upper > 0; upper /= 2) {
      __syncthreads();
      if (warp >= upper) continue;
      HEDDLE_UNROLL
      for (int n = 0; n < count; ++n) shared.sums[n][warp][lane] = sums[n] += shared.sums[n][warp + upper][lane];
    }
  }
};

struct BatchNormStatistics {
  using Sums = ChannelSums<2>;
  static constexpr int threads = Sums::threads;

  struct Params {
    ChannelStrips strips;
    f32 inverse_rows, unbiased_share;  // 1 / rows, 1 / (rows - 1); for no rows 0, for one row 1
    f32 epsilon, momentum;
    f32 const* partials;    // [chunks, 2, columns]: means, sums of squared deviations
    f32* mean;              // [channels]
    f32* rstd;              // [channels]
    f32* running_mean;      // [channels]; may be null
    f32* running_variance;  // [channels]; may be null
  };

  struct SharedStorage {
    Sums::SharedStorage sums;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    ChannelStrips const& s = p.strips;
    i64 const channel = Sums::channel();
    f32 const shift = s.chunks > 0 && channel < s.channels ? p.partials[channel] : 0;
    f32 sums[2] = {0, 0};  // of count * (mean - shift), and of the squared deviations from the shift
    Sums::make(s, shared.sums, sums, [&](i64 chunk, i64 column, f32(&to)[2]) {
      f32 const* const partial = p.partials + chunk * 2 * s.columns + column;
      f32 const count = static_cast<f32>(s.count(chunk, column));
      f32 const difference = partial[0] - shift;
      to[0] += count * difference;
      to[1] += count * difference * difference + partial[s.columns];
    });
    if (threadIdx.x >= 32 || channel >= s.channels) return;

    f32 const offset = sums[0] * p.inverse_rows;
    f32 squares = sums[1] - sums[0] * offset;
    squares = squares < 0 ? 0 : squares;                             // what rounding made negative; NaN stays
    f32 const mean = squares == squares ? shift + offset : squares;  // NaN for an infinity too
    p.mean[channel] = mean;
    p.rstd[channel] = rsqrtf(squares * p.inverse_rows + p.epsilon);
    if (s.rows == 0) return;
    if (p.running_mean) p.running_mean[channel] += p.momentum * (mean - p.running_mean[channel]);
    if (p.running_variance)
      p.running_variance[channel] += p.momentum * (squares * p.unbiased_share - p.running_variance[channel]);
  }
};

/// dgamma, dbeta, and what dx takes of them: a = gamma * rstd * mean(g), b = gamma * rstd^3 * mean(g * (x - mean)).
struct BatchNormGradients {
  using Sums = ChannelSums<2>;
  static constexpr int threads = Sums::threads;

  struct Params {
    ChannelStrips strips;
    f32 inverse_rows;     // 0 for no rows
    f32 const* partials;  // [chunks, 2, columns]: sums of g, of g * (x - mean)
    f32 const* gamma;     // [channels]
    f32 const* rstd;      // [channels]
    f32* dgamma;          // [channels]
    f32* dbeta;           // [channels]
    f32* a;               // [channels]
    f32* b;               // [channels]
  };

  struct SharedStorage {
    Sums::SharedStorage sums;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    ChannelStrips const& s = p.strips;
    i64 const channel = Sums::channel();
    f32 sums[2] = {0, 0};
    Sums::make(s, shared.sums, sums, [&](i64 chunk, i64 column, f32(&to)[2]) {
      f32 const* const partial = p.partials + chunk * 2 * s.columns + column;
      to[0] += partial[0];
      to[1] += partial[s.columns];
    });
    if (threadIdx.x >= 32 || channel >= s.channels) return;

    f32 const rstd = p.rstd[channel], scale = p.gamma[channel] * rstd * p.inverse_rows;
    p.dbeta[channel] = sums[0];
    p.dgamma[channel] = sums[1] * rstd;
    p.a[channel] = scale * sums[0];
    p.b[channel] = scale * (sums[1] * rstd) * rstd;
  }
};

}  // namespace heddle::HEDDLE_BACKEND
