#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "kernels/norm/batch_norm.h"
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
Moments moments_of(f32 const* x, Rows const& rows, i64 channels) {
  Moments total(channels);
  auto const count = static_cast<std::size_t>(channels);
  std::vector<f32> shift(count), sum(count), square(count);
  auto const move_shift = [&](f32 const* from, i64 size) {
    shifted_sums(from, size, shift, sum.data(), square.data());
    for (std::size_t i = 0; i < count; ++i) shift[i] += sum[i] / static_cast<f32>(size);
  };
  std::vector<Rows> const groups = split(rows, group_rows);
  move_shift(x + rows.begin * channels, groups.front().size());
  for (Rows const& group : groups) {
    shifted_sums(x + group.begin * channels, group.size(), shift, sum.data(), square.data());
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

Moments moments_of(f32 const* x, BatchNormShape const& shape) {
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

/// y = (x - center) * scale + offset for each channel.
struct Affine {
  explicit Affine(i64 channels) : center(static_cast<std::size_t>(channels)), scale(center), offset(center) {}
  std::vector<f32> center, scale, offset;
};

void apply(Affine const& affine, BatchNormShape const& shape, f32 const* input, f32* output) {
  for_each_chunk(chunks_of(shape), [&](std::size_t, Rows const& rows) {
    f32 const* __restrict const center = affine.center.data();
    f32 const* __restrict const scale = affine.scale.data();
    f32 const* __restrict const offset = affine.offset.data();
    for (i64 row = rows.begin; row < rows.end; ++row) {
      f32 const* __restrict const x = input + row * shape.channels;
      f32* const y = output + row * shape.channels;
#pragma omp simd
      for (i64 i = 0; i < shape.channels; ++i) y[i] = (x[i] - center[i]) * scale[i] + offset[i];
    }
  });
}

/// running = (1 - momentum) * running + momentum * batch.
void move_running(BatchNormTrainingArgs<f32> const& args, std::size_t channel, Moments const& batch) {
  auto const towards = [&](f32* running, double value) {
    if (running) running[channel] += args.momentum * static_cast<f32>(value - running[channel]);
  };
  towards(args.running_mean, batch.mean[channel]);
  towards(args.running_variance, batch.deviation[channel] / static_cast<double>(std::max<i64>(batch.rows - 1, 1)));
}

}  // namespace

void batch_norm_training(BatchNormTrainingArgs<f32> const& args, Stream) {
  constexpr char const* operation = "batch_norm_training";
  BatchNormShape const& shape = args.shape;
  check_batch_norm_shape(operation, shape);
  check(args.epsilon >= 0, "[", operation, "] epsilon must not be negative: epsilon=", args.epsilon);
  check_pointer(operation, "x", args.x, shape.rows * shape.channels);
  check_pointer(operation, "y", args.y, shape.rows * shape.channels);
  check_pointer(operation, "gamma", args.gamma, shape.channels);
  check_pointer(operation, "beta", args.beta, shape.channels);
  check_pointer(operation, "mean", args.mean, shape.channels);
  check_pointer(operation, "rstd", args.rstd, shape.channels);

  Moments const batch = moments_of(args.x, shape);
  Affine affine(shape.channels);
  for (std::size_t i = 0; i < batch.mean.size(); ++i) {
    double const variance = batch.deviation[i] / static_cast<double>(std::max<i64>(batch.rows, 1));
    args.mean[i] = static_cast<f32>(batch.mean[i]);
    args.rstd[i] = static_cast<f32>(1 / std::sqrt(variance + args.epsilon));
    affine.center[i] = args.mean[i];
    affine.scale[i] = args.gamma[i] * args.rstd[i];
    // What rounding took from the mean would otherwise move every element.
    affine.offset[i] = args.beta[i] - static_cast<f32>(batch.mean[i] - args.mean[i]) * affine.scale[i];
    if (batch.rows > 0) move_running(args, i, batch);
  }
  apply(affine, shape, args.x, args.y);
}

void batch_norm_inference(BatchNormInferenceArgs<f32> const& args, Stream) {
  constexpr char const* operation = "batch_norm_inference";
  BatchNormShape const& shape = args.shape;
  check_batch_norm_shape(operation, shape);
  check(args.epsilon >= 0, "[", operation, "] epsilon must not be negative: epsilon=", args.epsilon);
  check_pointer(operation, "x", args.x, shape.rows * shape.channels);
  check_pointer(operation, "y", args.y, shape.rows * shape.channels);
  check_pointer(operation, "gamma", args.gamma, shape.channels);
  check_pointer(operation, "beta", args.beta, shape.channels);
  check_pointer(operation, "running_mean", args.running_mean, shape.channels);
  check_pointer(operation, "running_variance", args.running_variance, shape.channels);

  Affine affine(shape.channels);
  for (std::size_t i = 0; i < affine.center.size(); ++i) {
    affine.center[i] = args.running_mean[i];
    affine.scale[i] = args.gamma[i] / std::sqrt(args.running_variance[i] + args.epsilon);
    affine.offset[i] = args.beta[i];
  }
  apply(affine, shape, args.x, args.y);
}

}  // namespace heddle::cpu
