// The reference: one row after the other, sums in double precision.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/norm/layer_norm.h"
#include "kernels/norm/layer_norm_check.h"

namespace heddle::cpu {
namespace {

template <class T>
double mean_of(T const* x, i64 count) {
  double sum = 0;
  for (i64 j = 0; j < count; ++j) sum += f32(x[j]);
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

template <class T>
double variance_of(T const* x, i64 count, double mean) {
  double sum = 0;
  for (i64 j = 0; j < count; ++j) sum += (f32(x[j]) - mean) * (f32(x[j]) - mean);
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

}  // namespace

template <class T>
void layer_norm_forward(LayerNormForwardArgs<T> const& a, Stream) {
  check_arguments(a);
  auto const [rows, columns] = a.shape;
#pragma omp parallel for
  for (i64 i = 0; i < rows; ++i) {
    T const* const x = a.x + i * columns;
    T* const y = a.y + i * columns;
    double const mean = mean_of(x, columns);
    double const rstd = 1 / std::sqrt(variance_of(x, columns, mean) + a.epsilon);
    for (i64 j = 0; j < columns; ++j) y[j] = T(static_cast<f32>(a.gamma[j] * (f32(x[j]) - mean) * rstd + a.beta[j]));
    a.mean[i] = static_cast<f32>(mean);
    a.rstd[i] = static_cast<f32>(rstd);
  }
}

namespace {

template <class T>
void backward_dx(LayerNormBackwardArgs<T> const& a) {
  auto const [rows, columns] = a.shape;
#pragma omp parallel for
  for (i64 i = 0; i < rows; ++i) {
    T const *const x = a.x + i * columns, *const dy = a.dy + i * columns;
    T* const dx = a.dx + i * columns;
    double const mean = a.mean[i], rstd = a.rstd[i];
    double sum_g = 0, sum_g_xhat = 0;
    for (i64 j = 0; j < columns; ++j) {
      double const g = static_cast<double>(a.gamma[j]) * f32(dy[j]);
      sum_g += g;
      sum_g_xhat += g * (f32(x[j]) - mean) * rstd;
    }
    double const mean_g = sum_g / static_cast<double>(columns);
    double const mean_g_xhat = sum_g_xhat / static_cast<double>(columns);
    for (i64 j = 0; j < columns; ++j) {
      double const g = static_cast<double>(a.gamma[j]) * f32(dy[j]);
      double const xhat = (f32(x[j]) - mean) * rstd;
      dx[j] = T(static_cast<f32>(rstd * (g - mean_g - xhat * mean_g_xhat)));
    }
  }
}

// A chunk of columns goes down all rows, so that each sum is made in one order whatever the number of threads.
template <class T>
void backward_parameters(LayerNormBackwardArgs<T> const& a) {
  auto const [rows, columns] = a.shape;
  constexpr i64 chunk = 64;
#pragma omp parallel for
  for (i64 first = 0; first < columns; first += chunk) {
    i64 const count = std::min(chunk, columns - first);
    double dgamma[chunk] = {}, dbeta[chunk] = {};
    for (i64 i = 0; i < rows; ++i) {
      T const *const x = a.x + i * columns + first, *const dy = a.dy + i * columns + first;
      double const mean = a.mean[i], rstd = a.rstd[i];
      for (i64 j = 0; j < count; ++j) {
        dgamma[j] += f32(dy[j]) * (f32(x[j]) - mean) * rstd;
        dbeta[j] += f32(dy[j]);
      }
    }
    for (i64 j = 0; j < count; ++j) {
      a.dgamma[first + j] = static_cast<f32>(dgamma[j]);
      a.dbeta[first + j] = static_cast<f32>(dbeta[j]);
    }
  }
}

}  // namespace

template <class T>
void layer_norm_backward(LayerNormBackwardArgs<T> const& a, Stream) {
  check_arguments(a);
  backward_dx(a);
  backward_parameters(a);
}

HEDDLE_INSTANTIATE(layer_norm_forward, LayerNormForwardArgs);
HEDDLE_INSTANTIATE(layer_norm_backward, LayerNormBackwardArgs);

}  // namespace heddle::cpu
