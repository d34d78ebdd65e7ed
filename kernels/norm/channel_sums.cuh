// From the columns of the chunks (channel_norm.cuh, channel_norm_backward.cuh) to channels.
//
// A block takes 32 channels of an image, one a lane; its 32 warps each go through every 32nd column of a chunk that
// belongs to the channel, and their sums are added pairwise.
#pragma once

#include "kernels/machine/machine.cuh"
#include "kernels/norm/channel_strips.h"

namespace heddle::HEDDLE_BACKEND {

/// Two sums over the columns of the chunks of an image that belong to one channel.
struct ChannelSums {
  static constexpr int warps = 32;
  static constexpr int threads = 32 * warps;

  struct SharedStorage {
    f32 sums[2][warps][32];
  };

  i64 image, channel;  // of this thread; the channel may be past the last

  HEDDLE_DEVICE explicit ChannelSums(i64 channels) {
    i64 const blocks = ceil_div<i64>(channels, 32);
    image = blockIdx.x / blocks;
    channel = blockIdx.x % blocks * 32 + threadIdx.x % 32;
  }

  /// Whether this thread has the sums of a channel in the end.
  HEDDLE_DEVICE bool has_result(i64 channels) const { return threadIdx.x < 32 && channel < channels; }

  /// Calls add(i, sums) for i of [0, count), and leaves the sums with the threads of the first warp. All threads call
  /// this.
  template <class Add>
  HEDDLE_DEVICE void make(i64 count, SharedStorage& shared, f32 (&sums)[2], Add&& add) const {
    int const warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    for (i64 i = warp; i < count; i += warps) add(i, sums);
    HEDDLE_UNROLL
    for (int n = 0; n < 2; ++n) shared.sums[n][warp][lane] = sums[n];
    for (int upper = warps / 2; upper > 0; upper /= 2) {
      __syncthreads();
      if (warp >= upper) continue;
      HEDDLE_UNROLL
      for (int n = 0; n < 2; ++n) shared.sums[n][warp][lane] = sums[n] += shared.sums[n][warp + upper][lane];
    }
  }

  /// Calls add(partial, chunk, column, sums) for each column; `partial` points to the first of its two numbers, and the
  /// second is s.columns further.
  template <class Add>
  HEDDLE_DEVICE void of_columns(ChannelStrips const& s, f32 const* partials, SharedStorage& shared, f32 (&sums)[2],
                                Add&& add) const {
    make(channel < s.channels ? s.chunks * s.fold : 0, shared, sums, [&](i64 i, f32(&to)[2]) {
      int const chunk = static_cast<int>(i) / s.fold;  // few: most_blocks times 8 at most
      i64 const column = static_cast<int>(i) % s.fold * s.channels + channel;
      add(partials + (image * s.chunks + chunk) * 2 * s.columns + column, chunk, column, to);
    });
  }

  /// The mean of a channel and the sum of squared deviations from it, of partials that hold those of columns. A NaN or
  /// an infinity gives NaN for both.
  HEDDLE_DEVICE void statistics(ChannelStrips const& s, f32 const* partials, SharedStorage& shared, f32& mean,
                                f32& squares) const {
    bool const any = s.chunks > 0 && channel < s.channels;
    f32 const shift = any ? partials[image * s.chunks * 2 * s.columns + channel] : 0;
    f32 sums[2] = {0, 0};  // of count * (mean - shift), and of the squared deviations from the shift
    of_columns(s, partials, shared, sums, [&](f32 const* partial, i64 chunk, i64 column, f32(&to)[2]) {
      f32 const count = static_cast<f32>(s.count(chunk, column)), difference = partial[0] - shift;
      to[0] += count * difference;
      to[1] += count * difference * difference + partial[s.columns];
    });
    f32 const offset = s.rows == 0 ? 0 : sums[0] / static_cast<f32>(s.rows);
    squares = sums[1] - sums[0] * offset;
    squares = squares < 0 ? 0 : squares;  // what rounding made negative; NaN stays
    mean = squares == squares ? shift + offset : squares;
  }

  /// The sums of a channel, of partials that hold those of columns.
  HEDDLE_DEVICE void gradients(ChannelStrips const& s, f32 const* partials, SharedStorage& shared,
                               f32 (&sums)[2]) const {
    of_columns(s, partials, shared, sums, [&](f32 const* partial, i64, i64, f32(&to)[2]) {
      to[0] += partial[0];
      to[1] += partial[s.columns];
    });
  }
};

}  // namespace heddle::HEDDLE_BACKEND
