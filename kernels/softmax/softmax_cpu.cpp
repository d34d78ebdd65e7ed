// The reference: one row after the other, in double precision.
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/softmax/softmax.h"
#include "kernels/softmax/softmax_check.h"

namespace heddle::cpu {
namespace {

constexpr i64 parallel_from = 2048;  // elements; a fork costs about as much as this many exponentials

template <class T>
void read_scores(SoftmaxForwardArgs<T> const& a, i64 row, std::vector<double>& z) {
  i64 const mask_row = a.bias || a.mask ? row % a.mask_rows * a.columns : 0;
  for (i64 j = 0; j < a.columns; ++j) {
    double score = static_cast<double>(a.scale) * f32(a.x[row * a.columns + j]);
    if (a.bias) score += f32(a.bias[mask_row + j]);
    z[static_cast<std::size_t>(j)] = a.mask && a.mask[mask_row + j] == 0 ? -HUGE_VAL : score;
  }
}

}  // namespace

template <class T>
void softmax_forward(SoftmaxForwardArgs<T> const& a, Stream) {
  check_arguments(a);
  if (a.columns == 0) return;
#pragma omp parallel for schedule(static) if (a.rows * a.columns > parallel_from)
  for (i64 i = 0; i < a.rows; ++i) {
    std::vector<double> z(static_cast<std::size_t>(a.columns));
    read_scores(a, i, z);
    double highest = *std::max_element(z.begin(), z.end());
    if (highest == -HUGE_VAL) highest = 0;
    double sum = 0;
    for (double const score : z) sum += std::exp(score - highest);
    double const log_sum = std::log(sum), share = sum == 0 ? 0 : 1 / sum;
    for (i64 j = 0; j < a.columns; ++j) {
      double const score = z[static_cast<std::size_t>(j)] - highest;
      double const log_y = score == -HUGE_VAL && !std::isnan(sum) ? score : score - log_sum;
      a.y[i * a.columns + j] = T(static_cast<f32>(a.logarithm ? log_y : std::exp(score) * share));
    }
  }
}

template <class T>
void softmax_backward(SoftmaxBackwardArgs<T> const& a, Stream) {
  check_arguments(a);
#pragma omp parallel for schedule(static) if (a.rows * a.columns > parallel_from)
  for (i64 i = 0; i < a.rows; ++i) {
    T const *const y = a.y + i * a.columns, *const dy = a.dy + i * a.columns;
    T* const dx = a.dx + i * a.columns;
    double sum = 0;
    for (i64 j = 0; j < a.columns; ++j) sum += static_cast<double>(a.logarithm ? 1 : f32(y[j])) * f32(dy[j]);
    for (i64 j = 0; j < a.columns; ++j) {
      double const value = f32(y[j]), gradient = f32(dy[j]);
      double const through_log = value == -HUGE_VAL ? 0 : gradient - std::exp(value) * sum;
      dx[j] = T(static_cast<f32>(a.scale * (a.logarithm ? through_log : value * (gradient - sum))));
    }
  }
}

HEDDLE_INSTANTIATE(softmax_forward, SoftmaxForwardArgs);
HEDDLE_INSTANTIATE(softmax_backward, SoftmaxBackwardArgs);

}  // namespace heddle::cpu
