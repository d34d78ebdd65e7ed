#include <span>

#include "kernels/norm/batch_norm_rows.h"

namespace heddle::cpu {
namespace {

/// Of each channel: sum dy, and sum dy * (x - mean).
struct Sums {
  explicit Sums(i64 channels) : dy(static_cast<std::size_t>(channels)), product(dy.size()) {}
  std::vector<double> dy, product;
};

/// The sums over one group of rows, in f32.
void group_sums(f32 const* __restrict x, f32 const* __restrict dy, i64 rows, std::span<f32 const> mean,
                f32* __restrict sum, f32* __restrict product) {
  std::size_t const channels = mean.size();
  f32 const* __restrict const center = mean.data();
  std::fill_n(sum, channels, 0.0f);
  std::fill_n(product, channels, 0.0f);
  for (i64 row = 0; row < rows; ++row, x += channels, dy += channels)
    for (std::size_t i = 0; i < channels; ++i) {
      sum[i] += dy[i];
      product[i] += dy[i] * (x[i] - center[i]);
    }
}

Sums sums_of(BatchNormBackwardArgs<f32> const& args, Rows const& rows) {
  i64 const channels = args.shape.channels;
  Sums total(channels);
  std::vector<f32> sum(total.dy.size()), product(total.dy.size());
  std::span<f32 const> const mean(args.mean, total.dy.size());
  for (Rows const& group : split(rows, group_rows)) {
    i64 const begin = group.begin * channels;
    group_sums(args.x + begin, args.dy + begin, group.size(), mean, sum.data(), product.data());
    for (std::size_t i = 0; i < total.dy.size(); ++i) {
      total.dy[i] += sum[i];
      total.product[i] += product[i];
    }
  }
  return total;
}

Sums sums_of(BatchNormBackwardArgs<f32> const& args) {
  std::vector<Rows> const chunks = chunks_of(args.shape);
  std::vector<Sums> parts(chunks.size(), Sums(0));
  for_each_chunk(chunks, [&](std::size_t i, Rows const& rows) { parts[i] = sums_of(args, rows); });
  Sums total(args.shape.channels);
  for (Sums const& part : parts)
    for (std::size_t i = 0; i < total.dy.size(); ++i) {
      total.dy[i] += part.dy[i];
      total.product[i] += part.product[i];
    }
  return total;
}

void check_arguments(BatchNormBackwardArgs<f32> const& args) {
  constexpr char const* operation = "batch_norm_backward";
  check_batch_norm_shape(operation, args.shape);
  i64 const channels = args.shape.channels;
  i64 const elements = args.shape.rows * channels;
  check_pointer(operation, "x", args.x, elements);
  check_pointer(operation, "dy", args.dy, elements);
  check_pointer(operation, "dx", args.dx, elements);
  check_pointer(operation, "gamma", args.gamma, channels);
  check_pointer(operation, "mean", args.mean, channels);
  check_pointer(operation, "rstd", args.rstd, channels);
  check_pointer(operation, "dgamma", args.dgamma, channels);
  check_pointer(operation, "dbeta", args.dbeta, channels);
}

}  // namespace

void batch_norm_backward(BatchNormBackwardArgs<f32> const& args, Stream) {
  check_arguments(args);
  BatchNormShape const& shape = args.shape;
  Sums const sums = sums_of(args);
  // dx = scale * (dy - mean_dy - (x - mean) * slope), the vectors per channel.
  std::vector<f32> scale(sums.dy.size()), mean_dy(sums.dy.size()), slope(sums.dy.size());
  auto const rows_count = static_cast<double>(std::max<i64>(shape.rows, 1));
  for (std::size_t i = 0; i < sums.dy.size(); ++i) {
    double const rstd = args.rstd[i];
    args.dbeta[i] = static_cast<f32>(sums.dy[i]);
    args.dgamma[i] = static_cast<f32>(sums.product[i] * rstd);
    scale[i] = args.gamma[i] * args.rstd[i];
    mean_dy[i] = static_cast<f32>(sums.dy[i] / rows_count);
    slope[i] = static_cast<f32>(sums.product[i] * rstd * rstd / rows_count);
  }
  for_each_chunk(chunks_of(shape), [&](std::size_t, Rows const& rows) {
    for (i64 row = rows.begin; row < rows.end; ++row) {
      f32 const* const x = args.x + row * shape.channels;
      f32 const* const dy = args.dy + row * shape.channels;
      f32* const dx = args.dx + row * shape.channels;
      f32 const* const mean = args.mean;
      f32 const* const a = mean_dy.data();
      f32 const* const b = slope.data();
      f32 const* const c = scale.data();
#pragma omp simd
      for (i64 i = 0; i < shape.channels; ++i) dx[i] = c[i] * (dy[i] - a[i] - (x[i] - mean[i]) * b[i]);
    }
  });
}

}  // namespace heddle::cpu
