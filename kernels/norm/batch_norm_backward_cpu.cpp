#include <span>

#include "kernels/norm/batch_norm_check.h"
#include "kernels/norm/batch_norm_gradient.h"

namespace heddle::cpu {
namespace {

/// Of each channel: sum g, and sum g * (x - mean).
struct Sums {
  explicit Sums(i64 channels) : g(static_cast<std::size_t>(channels)), product(g.size()) {}
  std::vector<double> g, product;
};

/// The sums over one group of rows, in f32.
void group_sums(f32 const* __restrict x, f32 const* __restrict g, i64 rows, std::span<f32 const> mean,
                f32* __restrict sum, f32* __restrict product) {
  std::size_t const channels = mean.size();
  f32 const* __restrict const center = mean.data();
  std::fill_n(sum, channels, 0.0f);
  std::fill_n(product, channels, 0.0f);
  for (i64 row = 0; row < rows; ++row, x += channels, g += channels)
    for (std::size_t i = 0; i < channels; ++i) {
      sum[i] += g[i];
      product[i] += g[i] * (x[i] - center[i]);
    }
}

/// The sums over some rows; writes dresidual there, where it is wanted.
template <class T, class Reader>
Sums sums_of(BatchNormBackwardArgs<T> const& args, Rows const& rows, Reader reader) {
  i64 const channels = args.shape.channels;
  Sums total(channels);
  std::vector<f32> sum(total.g.size()), product(total.g.size());
  std::span<f32 const> const mean(args.mean, total.g.size());
  for (Rows const& group : split(rows, group_rows)) {
    reader.read(group);
    if (args.dresidual) {
      T* const dresidual = args.dresidual + group.begin * channels;
      for (i64 i = 0; i < group.size() * channels; ++i) dresidual[i] = T(reader.g[i]);
    }
    group_sums(reader.x, reader.g, group.size(), mean, sum.data(), product.data());
    for (std::size_t i = 0; i < total.g.size(); ++i) {
      total.g[i] += sum[i];
      total.product[i] += product[i];
    }
  }
  return total;
}

/// dx = scale * (g - mean_g - (x - mean) * slope), the vectors per channel.
struct Coefficients {
  std::vector<f32> scale, mean_g, slope;

  void apply(i64 rows, f32 const* x, f32 const* g, f32 const* mean, f32* dx) const {
    f32 const *const a = mean_g.data(), *const b = slope.data(), *const c = scale.data();
    auto const channels = static_cast<i64>(scale.size());
    for (i64 row = 0; row < rows; ++row, x += channels, g += channels, dx += channels) {
#pragma omp simd
      for (i64 i = 0; i < channels; ++i) dx[i] = c[i] * (g[i] - a[i] - (x[i] - mean[i]) * b[i]);
    }
  }
};

template <class T>
void finish(BatchNormBackwardArgs<T> const& args, std::vector<Sums> const& parts, Coefficients& coefficients) {
  Sums sums(args.shape.channels);
  for (Sums const& part : parts)
    for (std::size_t i = 0; i < sums.g.size(); ++i) {
      sums.g[i] += part.g[i];
      sums.product[i] += part.product[i];
    }
  auto const rows = static_cast<double>(std::max<i64>(args.shape.rows, 1));
  for (std::size_t i = 0; i < sums.g.size(); ++i) {
    double const rstd = args.rstd[i];
    args.dbeta[i] = static_cast<f32>(sums.g[i]);
    args.dgamma[i] = static_cast<f32>(sums.product[i] * rstd);
    coefficients.mean_g[i] = static_cast<f32>(sums.g[i] / rows);
    coefficients.slope[i] = static_cast<f32>(sums.product[i] * rstd * rstd / rows);
  }
}

/// The two passes over x.
template <class T, class Gradient>
void backward(BatchNormBackwardArgs<T> const& args, Gradient gradient) {
  i64 const channels = args.shape.channels;
  Coefficients coefficients;
  for (auto* const vector : {&coefficients.scale, &coefficients.mean_g, &coefficients.slope})
    vector->resize(static_cast<std::size_t>(channels));
  for (std::size_t i = 0; i < coefficients.scale.size(); ++i) coefficients.scale[i] = args.gamma[i] * args.rstd[i];
  GroupReader<T, Gradient> const reader(args, coefficients.scale, gradient);

  std::vector<Rows> const chunks = chunks_of(args.shape);
  std::vector<Sums> parts(chunks.size(), Sums(0));
  for_each_chunk(chunks, [&](std::size_t i, Rows const& rows) { parts[i] = sums_of(args, rows, reader); });
  finish(args, parts, coefficients);
  for_each_chunk(chunks, [&](std::size_t, Rows const& rows) {
    GroupReader<T, Gradient> from = reader;
    Writer<T> write;
    for (Rows const& group : split(rows, group_rows)) {
      from.read(group);
      T* const dx = args.dx + group.begin * channels;
      coefficients.apply(group.size(), from.x, from.g, args.mean, write.begin(dx, group.size() * channels));
      write.finish(dx);
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
