#include <span>

#include "kernels/norm/batch_norm_check.h"
#include "kernels/norm/batch_norm_rows.h"

namespace heddle::cpu {
namespace {

/// Of each channel: sum g, and sum g * (x - mean).
struct Sums {
  explicit Sums(i64 channels) : g(static_cast<std::size_t>(channels)), product(g.size()) {}
  std::vector<double> g, product;
};

/// The rows of g = dy * gradient(gamma * (x - mean) * rstd + beta + residual), in f32.
template <class T, class Gradient>
class GradientReader {
 public:
  GradientReader(BatchNormBackwardArgs<T> const& args, std::span<f32 const> scale, Gradient gradient)
      : args_(args),
        scale_(scale),
        gradient_(gradient),
        dy_(args.shape.channels),
        residual_(args.shape.channels),
        g_(scale.size()) {}

  /// `x` is the row in f32.
  f32 const* operator()(f32 const* x, i64 row) {
    i64 const channels = args_.shape.channels, first = row * channels;
    f32 const* const dy = dy_(args_.dy + first);
    if (args_.activation == Activation::none) return dy;
    f32 const *const mean = args_.mean, *const beta = args_.beta, *const scale = scale_.data();
    f32* const g = g_.data();
    if (args_.positive) {
      for (i64 i = 0; i < channels; ++i) {
        i64 const element = first + i;
        g[i] = (args_.positive[element / 8] >> (element % 8) & 1) == 0 ? 0 : dy[i];
      }
    } else if (args_.residual) {
      f32 const* const added = residual_(args_.residual + first);
#pragma omp simd
      for (i64 i = 0; i < channels; ++i) g[i] = gradient_((x[i] - mean[i]) * scale[i] + beta[i] + added[i], dy[i]);
    } else {
#pragma omp simd
      for (i64 i = 0; i < channels; ++i) g[i] = gradient_((x[i] - mean[i]) * scale[i] + beta[i], dy[i]);
    }
    return g;
  }

 private:
  BatchNormBackwardArgs<T> const& args_;
  std::span<f32 const> scale_;
  Gradient gradient_;
  RowReader<T> dy_, residual_;
  std::vector<f32> g_;
};

/// Adds one row to the sums.
void add_row(f32 const* __restrict x, f32 const* __restrict g, std::span<f32 const> mean, f32* __restrict sum,
             f32* __restrict product) {
  f32 const* __restrict const center = mean.data();
  for (std::size_t i = 0; i < mean.size(); ++i) {
    sum[i] += g[i];
    product[i] += g[i] * (x[i] - center[i]);
  }
}

/// The sums over some rows; writes dresidual there, where it is wanted.
template <class T, class Reader>
Sums sums_of(BatchNormBackwardArgs<T> const& args, Rows const& rows, Reader read_g) {
  i64 const channels = args.shape.channels;
  RowReader<T> read(channels);
  Sums total(channels);
  std::vector<f32> sum(total.g.size()), product(total.g.size());
  std::span<f32 const> const mean(args.mean, total.g.size());
  for (Rows const& group : split(rows, group_rows)) {
    std::fill(sum.begin(), sum.end(), 0.0f);
    std::fill(product.begin(), product.end(), 0.0f);
    for (i64 row = group.begin; row < group.end; ++row) {
      f32 const* const x = read(args.x + row * channels);
      f32 const* g = read_g(x, row);
      if (args.dresidual) {
        T* const dresidual = args.dresidual + row * channels;
        for (i64 i = 0; i < channels; ++i) dresidual[i] = T(g[i]);
      }
      add_row(x, g, mean, sum.data(), product.data());
    }
    for (std::size_t i = 0; i < total.g.size(); ++i) {
      total.g[i] += sum[i];
      total.product[i] += product[i];
    }
  }
  return total;
}

/// The two passes over x.
template <class T, class Gradient>
void backward(BatchNormBackwardArgs<T> const& args, Gradient gradient) {
  BatchNormShape const& shape = args.shape;
  i64 const channels = shape.channels;
  std::vector<f32> scale(static_cast<std::size_t>(channels));
  for (std::size_t i = 0; i < scale.size(); ++i) scale[i] = args.gamma[i] * args.rstd[i];
  GradientReader<T, Gradient> const reader(args, scale, gradient);

  std::vector<Rows> const chunks = chunks_of(shape);
  std::vector<Sums> parts(chunks.size(), Sums(0));
  for_each_chunk(chunks, [&](std::size_t i, Rows const& rows) { parts[i] = sums_of(args, rows, reader); });
  Sums sums(channels);
  for (Sums const& part : parts)
    for (std::size_t i = 0; i < scale.size(); ++i) {
      sums.g[i] += part.g[i];
      sums.product[i] += part.product[i];
    }

  // dx = scale * (g - mean_g - (x - mean) * slope), the vectors per channel.
  std::vector<f32> mean_g(scale), slope(scale);
  auto const rows_count = static_cast<double>(std::max<i64>(shape.rows, 1));
  for (std::size_t i = 0; i < scale.size(); ++i) {
    double const rstd = args.rstd[i];
    args.dbeta[i] = static_cast<f32>(sums.g[i]);
    args.dgamma[i] = static_cast<f32>(sums.product[i] * rstd);
    mean_g[i] = static_cast<f32>(sums.g[i] / rows_count);
    slope[i] = static_cast<f32>(sums.product[i] * rstd * rstd / rows_count);
  }
  for_each_chunk(chunks, [&](std::size_t, Rows const& rows) {
    RowReader<T> read(channels);
    RowWriter<T> write(channels);
    GradientReader<T, Gradient> read_g = reader;
    for (i64 row = rows.begin; row < rows.end; ++row) {
      f32 const* const x = read(args.x + row * channels);
      f32 const* const g = read_g(x, row);
      f32* const dx = write.begin(args.dx + row * channels);
      f32 const* const mean = args.mean;
      f32 const* const a = mean_g.data();
      f32 const* const b = slope.data();
      f32 const* const c = scale.data();
#pragma omp simd
      for (i64 i = 0; i < channels; ++i) dx[i] = c[i] * (g[i] - a[i] - (x[i] - mean[i]) * b[i]);
      write.finish(args.dx + row * channels);
    }
  });
}

}  // namespace

template <class T>
void batch_norm_backward(BatchNormBackwardArgs<T> const& args, Stream) {
  check_arguments(args);
  with_activation(args.activation, [&](auto, auto gradient) { backward(args, gradient); });
}

HEDDLE_INSTANTIATE(batch_norm_backward, BatchNormBackwardArgs);

}  // namespace heddle::cpu
