// Batch normalisation between the passes of channel_norm.cuh: what the columns of the chunks left becomes the
// statistics of channels, and the numbers that the backward pass goes on with.
#pragma once

#include "kernels/norm/channel_sums.cuh"

namespace heddle::HEDDLE_BACKEND {

struct BatchNormStatistics {
  static constexpr int threads = ChannelSums::threads;

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
    ChannelSums::SharedStorage sums;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    ChannelStrips const& s = p.strips;
    ChannelSums const sums(s.channels);
    f32 mean, squares;
    sums.statistics(s, p.partials, shared.sums, mean, squares);
    if (!sums.has_result(s.channels)) return;
    i64 const channel = sums.channel;
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
  static constexpr int threads = ChannelSums::threads;

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
    ChannelSums::SharedStorage sums;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    ChannelStrips const& s = p.strips;
    ChannelSums const of_channel(s.channels);
    f32 sums[2] = {0, 0};
    of_channel.gradients(s, p.partials, shared.sums, sums);
    if (!of_channel.has_result(s.channels)) return;
    i64 const channel = of_channel.channel;
    f32 const rstd = p.rstd[channel], scale = p.gamma[channel] * rstd * p.inverse_rows;
    p.dbeta[channel] = sums[0];
    p.dgamma[channel] = sums[1] * rstd;
    p.a[channel] = scale * sums[0];
    p.b[channel] = scale * (sums[1] * rstd) * rstd;
  }
};

}  // namespace heddle::HEDDLE_BACKEND
