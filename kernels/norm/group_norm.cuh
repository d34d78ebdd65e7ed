// Group normalisation between the passes of channel_norm.cuh: the columns of the chunks become channels of an image,
// and those the statistics of groups, or the numbers that the backward pass goes on with.
#pragma once

#include "kernels/norm/channel_sums.cuh"
#include "kernels/tile/sum.cuh"

namespace heddle::HEDDLE_BACKEND {

/// The mean and the sum of squared deviations of each channel of an image; or, of gradients, the two sums.
template <bool gradients>
struct ImageChannels {
  static constexpr int threads = ChannelSums::threads;

  struct Params {
    ChannelStrips strips;
    f32 const* partials;  // [images, chunks, 2, columns]
    f32* channels;        // [images, 2, channels]
  };

  struct SharedStorage {
    ChannelSums::SharedStorage sums;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    ChannelStrips const& s = p.strips;
    ChannelSums const of_channel(s.channels);
    f32 sums[2] = {0, 0};
    if constexpr (gradients)
      of_channel.gradients(s, p.partials, shared.sums, sums);
    else
      of_channel.statistics(s, p.partials, shared.sums, sums[0], sums[1]);
    if (!of_channel.has_result(s.channels)) return;
    f32* const to = p.channels + of_channel.image * 2 * s.channels + of_channel.channel;
    to[0] = sums[0];
    to[s.channels] = sums[1];
  }
};

/// A warp takes the channels of a group.
struct GroupOfWarp {
  static constexpr int threads = 256;

  i64 image, group, first_channel, width;
  bool active;

  HEDDLE_DEVICE GroupOfWarp(i64 images, i64 channels, i64 groups) : width(channels / groups) {
    i64 const warp = static_cast<i64>(blockIdx.x) * (threads / 32) + threadIdx.x / 32;
    image = warp / groups;
    group = warp % groups;
    first_channel = group * width;
    active = image < images;
  }

  /// Calls add(channel) for every channel of the group, and sums over the warp.
  template <class Add>
  HEDDLE_DEVICE void sum(f32 (&sums)[2], Add&& add) const {
    for (i64 i = threadIdx.x % 32; i < width; i += 32) add(first_channel + i);
    sums[0] = warp_sum(sums[0]);
    sums[1] = warp_sum(sums[1]);
  }
};

struct GroupNormStatistics {
  static constexpr int threads = GroupOfWarp::threads;

  struct Params {
    i64 images, rows, channels, groups;
    f32 epsilon;
    f32 const* of_channels;  // [images, 2, channels]: means, sums of squared deviations
    f32* mean;               // [images, groups]
    f32* rstd;               // [images, groups]
  };
  struct SharedStorage {};

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    GroupOfWarp const at(p.images, p.channels, p.groups);
    if (!at.active) return;
    f32 const* const means = p.of_channels + at.image * 2 * p.channels;
    f32 const shift = at.width == 0 ? 0 : means[at.first_channel], rows = static_cast<f32>(p.rows);
    f32 sums[2] = {0, 0};  // of mean - shift, and of the squared deviations from the shift
    at.sum(sums, [&](i64 channel) {
      f32 const difference = means[channel] - shift;
      sums[0] += difference;
      sums[1] += rows * difference * difference + means[p.channels + channel];
    });
    if (threadIdx.x % 32 != 0) return;
    f32 const width = static_cast<f32>(max(at.width, i64{1})), offset = sums[0] / width;
    f32 squares = sums[1] - rows * sums[0] * offset;
    squares = squares < 0 ? 0 : squares;  // what rounding made negative; NaN stays
    p.mean[at.image * p.groups + at.group] = shift + offset;
    p.rstd[at.image * p.groups + at.group] = rsqrtf(squares / max(rows * width, 1.0f) + p.epsilon);
  }
};

/// a = rstd * mean(gamma * g), b = rstd^3 * mean(gamma * g * (x - mean)): what dx takes of the sums.
struct GroupNormMeans {
  static constexpr int threads = GroupOfWarp::threads;

  struct Params {
    i64 images, rows, channels, groups;
    f32 const* of_channels;  // [images, 2, channels]: sums of g, of g * (x - mean)
    f32 const* gamma;        // [channels]
    f32 const* rstd;         // [images, groups]
    f32* a;                  // [images, groups]
    f32* b;                  // [images, groups]
  };
  struct SharedStorage {};

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    GroupOfWarp const at(p.images, p.channels, p.groups);
    if (!at.active) return;
    f32 const* const sums_g = p.of_channels + at.image * 2 * p.channels;
    f32 sums[2] = {0, 0};
    at.sum(sums, [&](i64 channel) {
      sums[0] += p.gamma[channel] * sums_g[channel];
      sums[1] += p.gamma[channel] * sums_g[p.channels + channel];
    });
    if (threadIdx.x % 32 != 0) return;
    i64 const group = at.image * p.groups + at.group;
    f32 const rstd = p.rstd[group], share = rstd / max(static_cast<f32>(p.rows) * static_cast<f32>(at.width), 1.0f);
    p.a[group] = share * sums[0];
    p.b[group] = share * (sums[1] * rstd) * rstd;
  }
};

/// dgamma and dbeta: sums over images.
struct GroupNormParameters {
  static constexpr int threads = ChannelSums::threads;

  struct Params {
    i64 images, channels, groups;
    f32 const* of_channels;  // [images, 2, channels]: sums of g, of g * (x - mean)
    f32 const* rstd;         // [images, groups]
    f32* dgamma;             // [channels]
    f32* dbeta;              // [channels]
  };

  struct SharedStorage {
    ChannelSums::SharedStorage sums;
  };

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage& shared) const {
    ChannelSums const of_channel(p.channels);
    i64 const channel = of_channel.channel;
    f32 sums[2] = {0, 0};
    of_channel.make(channel < p.channels ? p.images : 0, shared.sums, sums, [&](i64 image, f32(&to)[2]) {
      f32 const* const sum_g = p.of_channels + image * 2 * p.channels + channel;
      to[0] += sum_g[0];
      to[1] += sum_g[p.channels] * p.rstd[image * p.groups + channel / (p.channels / p.groups)];
    });
    if (!of_channel.has_result(p.channels)) return;
    p.dbeta[channel] = sums[0];
    p.dgamma[channel] = sums[1];
  }
};

}  // namespace heddle::HEDDLE_BACKEND
