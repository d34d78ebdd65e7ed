#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "kernels/norm/batch_norm_check.h"
#include "kernels/norm/batch_norm_rows.h"

namespace heddle::cpu {
namespace {

/// The number of rows, and of each channel the mean and the sum of squared deviations from it.
struct Moments {
  explicit Moments(i64 channels) : mean(static_cast<std::size_t>(channels)), deviation(mean.size()) {}

  /// Merges one channel of other rows (Chan, Golub, LeVeque 1979); the caller adds to `rows` after the last channel.
  void merge(std::size_t channel, i64 other_rows, double other_mean, double other_deviation) {
    auto const weight = static_cast<double>(other_rows) / static_cast<double>(rows + other_rows);
    double const delta = other_mean - mean[channel];
    mean[channel] += delta * weight;
    deviation[channel] += other_deviation + delta * delta * weight * static_cast<double>(rows);
  }

  i64 rows = 0;
  std::vector<double> mean, deviation;
};

/// sum and square of x - shift over some rows.
void shifted_sums(f32 const* __restrict x, i64 rows, std::span<f32 const> shift, f32* __restrict sum,
                  f32* __restrict square) {
  std::size_t const channels = shift.size();
  f32 const* __restrict const center = shift.data();
  std::fill_n(sum, channels, 0.0f);
  std::fill_n(square, channels, 0.0f);
  for (i64 row = 0; row < rows; ++row, x += channels)
    for (std::size_t i = 0; i < channels; ++i) {
      f32 const difference = x[i] - center[i];
      sum[i] += difference;
      square[i] += difference * difference;
    }
}

/// One pass over x. Deviations are taken from the mean of the rows before, so that a large mean cancels in x - shift
/// and not between large sums; where it is far off, the variance is large too and hides the rounding.
template <class T>
Moments moments_of(T const* x, Rows const& rows, i64 channels) {
  Moments total(channels);
  Reader<T> read;
  auto const count = static_cast<std::size_t>(channels);
  std::vector<f32> shift(count), sum(count), square(count);
  auto const move_shift = [&](T const* from, i64 size) {
    shifted_sums(read(from, size * channels), size, shift, sum.data(), square.data());
    for (std::size_t i = 0; i < count; ++i) shift[i] += sum[i] / static_cast<f32>(size);
  };
  std::vector<Rows> const groups = split(rows, group_rows);
  move_shift(x + rows.begin * channels, groups.front().size());
  for (Rows const& group : groups) {
    shifted_sums(read(x + group.begin * channels, group.size() * channels), group.size(), shift, sum.data(),
                 square.data());
    auto const size = static_cast<double>(group.size());
    for (std::size_t i = 0; i < count; ++i) {
      double const offset = sum[i] / size;
      total.merge(i, group.size(), shift[i] + offset, std::max(square[i] - sum[i] * offset, 0.0));
      shift[i] = static_cast<f32>(total.mean[i]);
    }
    total.rows += group.size();
  }
  return total;
}

template <class T>
Moments moments_of(T const* x, BatchNormShape const& shape) {
  std::vector<Rows> const chunks = chunks_of(shape);
  std::vector<Moments> parts(chunks.size(), Moments(0));
  for_each_chunk(chunks, [&](std::size_t i, Rows const& rows) { parts[i] = moments_of(x, rows, shape.channels); });
  Moments total(shape.channels);
  for (Moments const& part : parts) {
    for (std::size_t i = 0; i < total.mean.size(); ++i) total.merge(i, part.rows, part.mean[i], part.deviation[i]);
    total.rows += part.rows;
  }
  return total;
}

/// One bit for each of the elements [begin, end): not y <= 0. `begin` is a multiple of 8.
template <class T>
void write_positive(T const* y, i64 begin, i64 end, u8* positive) {
  for (i64 first = begin; first < end; first += 8) {
    unsigned bits = 0;
    for (i64 i = 0; i < std::min<i64>(8, end - first); ++i) bits |= (f32(y[first + i]) <= 0 ? 0u : 1u) << i;
    positive[first / 8] = static_cast<u8>(bits);
  }
}

/// y = (x - center) * scale + offset for each channel.
struct Affine {
  explicit Affine(i64 channels) : center(static_cast<std::size_t>(channels)), scale(center), offset(center) {}
  std::vector<f32> center, scale, offset;
};

/// y = function(affine(x) + residual) over some rows, the residual where there is one.
template <class Function>
void apply_rows(Affine const& affine, i64 rows, f32 const* x, f32 const* residual, f32* y, Function function) {
  f32 const* __restrict const center = affine.center.data();
  f32 const* __restrict const scale = affine.scale.data();
  f32 const* __restrict const offset = affine.offset.data();
  auto const channels = static_cast<i64>(affine.center.size());
  for (i64 row = 0; row < rows; ++row, x += channels, y += channels) {
    if (residual) {
#pragma omp simd
      for (i64 i = 0; i < channels; ++i) y[i] = function((x[i] - center[i]) * scale[i] + offset[i] + residual[i]);
      residual += channels;
    } else {
#pragma omp simd
      for (i64 i = 0; i < channels; ++i) y[i] = function((x[i] - center[i]) * scale[i] + offset[i]);
    }
  }
}

template <class T, class Function>
void apply(Affine const& affine, BatchNormShape const& shape, T const* x, T const* residual, T* y, u8* positive,
           Function function) {
  for_each_chunk(chunks_of(shape), [&](std::size_t, Rows const& rows) {
    Reader<T> read, read_residual;
    Writer<T> write;
    i64 const begin = rows.begin * shape.channels, count = rows.size() * shape.channels;
    f32 const* const added = residual ? read_residual(residual + begin, count) : nullptr;
    apply_rows(affine, rows.size(), read(x + begin, count), added, write.begin(y + begin, count), function);
    write.finish(y + begin);
    if (positive) write_positive(y, begin, begin + count, positive);
  });
}

template <class Args>
void apply(Affine const& affine, Args const& args, u8* positive) {
  with_activation(args.activation, [&](auto function, auto) {
    apply(affine, args.shape, args.x, args.residual, args.y, positive, function);
  });
}

/// running = (1 - momentum) * running + momentum * batch.
template <class T>
void move_running(BatchNormTrainingArgs<T> const& args, std::size_t channel, Moments const& batch) {
  auto const towards = [&](f32* running, double value) {
    if (running) running[channel] += args.momentum * static_cast<f32>(value - running[channel]);
  };
  towards(args.running_mean, batch.mean[channel]);
  towards(args.running_variance, batch.deviation[channel] / static_cast<double>(std::max<i64>(batch.rows - 1, 1)));
}

}  // namespace

template <class T>
void batch_norm_training(BatchNormTrainingArgs<T> const& args, Stream) {
  check_arguments(args);
  BatchNormShape const& shape = args.shape;
  Moments batch = moments_of(args.x, shape);
  Affine affine(shape.channels);
  for (std::size_t i = 0; i < batch.mean.size(); ++i) {
    double const variance = batch.deviation[i] / static_cast<double>(std::max<i64>(batch.rows, 1));
    if (std::isnan(variance)) batch.mean[i] = variance;  // for an infinity too
    args.mean[i] = static_cast<f32>(batch.mean[i]);
    args.rstd[i] = static_cast<f32>(1 / std::sqrt(variance + args.epsilon));
    affine.center[i] = args.mean[i];
    affine.scale[i] = args.gamma[i] * args.rstd[i];
    // What rounding took from the mean would otherwise move every element.
    affine.offset[i] = args.beta[i] - static_cast<f32>(batch.mean[i] - args.mean[i]) * affine.scale[i];
    if (batch.rows > 0) move_running(args, i, batch);
  }
  apply(affine, args, args.positive);
}

template <class T>
void batch_norm_inference(BatchNormInferenceArgs<T> const& args, Stream) {
  check_arguments(args);
  Affine affine(args.shape.channels);
  for (std::size_t i = 0; i < affine.center.size(); ++i) {
    affine.center[i] = args.running_mean[i];
    affine.scale[i] = args.gamma[i] / std::sqrt(args.running_variance[i] + args.epsilon);
    affine.offset[i] = args.beta[i];
  }
  apply(affine, args, nullptr);
}

HEDDLE_INSTANTIATE(batch_norm_training, BatchNormTrainingArgs);
HEDDLE_INSTANTIATE(batch_norm_inference, BatchNormInferenceArgs);

}  // namespace heddle::cpu
