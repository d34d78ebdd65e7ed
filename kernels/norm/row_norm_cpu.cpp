// The reference of layer and root mean square normalisation: one row after the other, sums in double precision.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/norm/row_norm_check.h"
#include "kernels/norm/row_norm_params.h"

namespace heddle::cpu {
namespace {

/// What is normalised: x, or x + residual rounded to T, which then stands in `sum`.
template <class T>
T const* normalised_row(RowNormForwardParams<T> const& p, i64 row) {
  if (p.residual == nullptr) return p.x + row * p.columns;
  T* const sum = p.sum + row * p.columns;
  for (i64 j = 0; j < p.columns; ++j) sum[j] = T(f32(p.x[row * p.columns + j]) + f32(p.residual[row * p.columns + j]));
  return sum;
}

template <class T>
double mean_of(T const* x, i64 count) {
  double sum = 0;
  for (i64 j = 0; j < count; ++j) sum += f32(x[j]);
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

/// The mean of (x - center)^2.
template <class T>
double mean_square_of(T const* x, i64 count, double center) {
  double sum = 0;
  for (i64 j = 0; j < count; ++j) sum += (f32(x[j]) - center) * (f32(x[j]) - center);
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

template <class T>
void forward(RowNormForwardParams<T> const& p) {
#pragma omp parallel for
  for (i64 i = 0; i < p.rows; ++i) {
    T const* const x = normalised_row(p, i);
    T* const y = p.y + i * p.columns;
    double const mean = p.mean == nullptr ? 0 : mean_of(x, p.columns);
    double const rstd = 1 / std::sqrt(mean_square_of(x, p.columns, mean) + p.epsilon);
    for (i64 j = 0; j < p.columns; ++j)
      y[j] = T(static_cast<f32>(p.gamma[j] * (f32(x[j]) - mean) * rstd + (p.beta == nullptr ? 0 : p.beta[j])));
    if (p.mean != nullptr) p.mean[i] = static_cast<f32>(mean);
    p.rstd[i] = static_cast<f32>(rstd);
  }
}

template <class T>
void backward_dx(RowNormBackwardParams<T> const& p) {
#pragma omp parallel for
  for (i64 i = 0; i < p.rows; ++i) {
    i64 const offset = i * p.columns;
    T const *const x = p.x + offset, *const dy = p.dy + offset;
    bool const centred = p.mean != nullptr;
    double const mean = centred ? p.mean[i] : 0, rstd = p.rstd[i];
    double sum_g = 0, sum_g_xhat = 0;
    for (i64 j = 0; j < p.columns; ++j) {
      double const g = static_cast<double>(p.gamma[j]) * f32(dy[j]);
      sum_g += g;
      sum_g_xhat += g * (f32(x[j]) - mean) * rstd;
    }
    double const mean_g = centred ? sum_g / static_cast<double>(p.columns) : 0;
    double const mean_g_xhat = sum_g_xhat / static_cast<double>(p.columns);
    for (i64 j = 0; j < p.columns; ++j) {
      double const g = static_cast<double>(p.gamma[j]) * f32(dy[j]);
      double const xhat = (f32(x[j]) - mean) * rstd;
      double const dsum = p.dsum == nullptr ? 0 : f32(p.dsum[offset + j]);
      p.dx[offset + j] = T(static_cast<f32>(rstd * (g - mean_g - xhat * mean_g_xhat) + dsum));
    }
  }
}

// A chunk of columns goes down all rows, so that each sum is made in one order whatever the number of threads.
template <class T>
void backward_parameters(RowNormBackwardParams<T> const& p) {
  constexpr i64 chunk = 64;
#pragma omp parallel for
  for (i64 first = 0; first < p.columns; first += chunk) {
    i64 const count = std::min(chunk, p.columns - first);
    double dgamma[chunk] = {}, dbeta[chunk] = {};
    for (i64 i = 0; i < p.rows; ++i) {
      T const *const x = p.x + i * p.columns + first, *const dy = p.dy + i * p.columns + first;
      double const mean = p.mean == nullptr ? 0 : p.mean[i], rstd = p.rstd[i];
      for (i64 j = 0; j < count; ++j) {
        dgamma[j] += f32(dy[j]) * (f32(x[j]) - mean) * rstd;
        dbeta[j] += f32(dy[j]);
      }
    }
    for (i64 j = 0; j < count; ++j) {
      p.dgamma[first + j] = static_cast<f32>(dgamma[j]);
      if (p.dbeta != nullptr) p.dbeta[first + j] = static_cast<f32>(dbeta[j]);
    }
  }
}

}  // namespace

template <class T>
void layer_norm_forward(LayerNormForwardArgs<T> const& a, Stream) {
  check_row_norm_forward("layer_norm_forward", a);
  forward(params_of(a));
}

template <class T>
void layer_norm_backward(LayerNormBackwardArgs<T> const& a, Stream) {
  check_row_norm_backward("layer_norm_backward", a);
  backward_dx(params_of(a));
  backward_parameters(params_of(a));
}

template <class T>
void rms_norm_forward(RmsNormForwardArgs<T> const& a, Stream) {
  check_row_norm_forward("rms_norm_forward", a);
  forward(params_of(a));
}

template <class T>
void rms_norm_backward(RmsNormBackwardArgs<T> const& a, Stream) {
  check_row_norm_backward("rms_norm_backward", a);
  backward_dx(params_of(a));
  backward_parameters(params_of(a));
}

HEDDLE_INSTANTIATE(layer_norm_forward, LayerNormForwardArgs);
HEDDLE_INSTANTIATE(layer_norm_backward, LayerNormBackwardArgs);
HEDDLE_INSTANTIATE(rms_norm_forward, RmsNormForwardArgs);
HEDDLE_INSTANTIATE(rms_norm_backward, RmsNormBackwardArgs);

}  // namespace heddle::cpu
