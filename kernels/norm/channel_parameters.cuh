// What the normalisation of channels does to the columns of a thread: norm(x) = (x - mean) * scale + beta.
#pragma once

#include "kernels/norm/strip_exchange.cuh"

namespace heddle::HEDDLE_BACKEND {

/// The statistics and parameters of channels.
struct ChannelParameters {
  i64 groups, channels_per_group;
  f32 const* mean;   // [images, groups]
  f32 const* rstd;   // [images, groups]; null: from variance
  f32 const* gamma;  // [channels]
  f32 const* beta;   // [channels]
  f32 const* variance = nullptr;
  f32 epsilon = 0;

  /// Where the statistics of a channel are.
  HEDDLE_DEVICE i64 group(i64 image, i64 channel) const { return image * groups + channel / channels_per_group; }
  /// The first of `made` become the numbers of a ColumnMap.
  template <int count>
  HEDDLE_DEVICE void get(i64 image, i64 channel, f32 (&made)[count]) const {
    i64 const at = group(image, channel);
    made[0] = mean[at];
    made[1] = gamma[channel] * (rstd ? rstd[at] : rsqrtf(variance[at] + epsilon));
    made[2] = beta[channel];
  }
};

/// For the thread's columns: the first three of the block's numbers.
template <class T>
struct ColumnMap {
  static constexpr int vector = widest_vector<T>;

  f32 mean[vector], scale[vector], beta[vector];

  template <int count>
  HEDDLE_DEVICE ColumnMap(StripThread<T> const& thread, ColumnNumbers<T, count> const& numbers) {
    numbers.read(thread, 0, mean);
    numbers.read(thread, 1, scale);
    numbers.read(thread, 2, beta);
  }
};

}  // namespace heddle::HEDDLE_BACKEND
