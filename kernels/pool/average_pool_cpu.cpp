// The reference of average pooling: one output after the other, and for gradients one input after the other.
#include <algorithm>
#include <vector>

#include "kernels/pool/average_pool_params.h"
#include "kernels/pool/pool_check.h"

namespace heddle::cpu {
namespace {

template <class T>
void store(std::vector<f32> const& values, T* to) {
  std::transform(values.begin(), values.end(), to, [](f32 value) { return T(value); });
}

/// One row of outputs.
template <class T>
void forward_row(AveragePoolParams<T> const& p, i64 n, i32 i, std::vector<f32>& sum) {
  PositionRange const rows = p.rows.inputs_of(i);
  for (i32 j = 0; j < p.columns.outputs; ++j) {
    PositionRange const columns = p.columns.inputs_of(j);
    std::fill(sum.begin(), sum.end(), 0.0f);
    for (i32 row = rows.begin; row < rows.end; ++row)
      for (i32 column = columns.begin; column < columns.end; ++column) {
        T const* const x = p.from + ((n * p.rows.size + row) * p.columns.size + column) * p.c;
        for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += static_cast<f32>(x[k]);
      }
    auto const divisor = static_cast<f32>(p.divisor > 0 ? p.divisor : rows.size() * columns.size());
    for (f32& value : sum) value /= divisor;
    store(sum, p.to + ((n * p.rows.outputs + i) * p.columns.outputs + j) * p.c);
  }
}

/// One row of inputs.
template <class T>
void backward_row(AveragePoolParams<T> const& p, i64 n, i32 row, std::vector<f32>& sum) {
  PositionRange const is = p.rows.outputs_of(row);
  for (i32 column = 0; column < p.columns.size; ++column) {
    PositionRange const js = p.columns.outputs_of(column);
    std::fill(sum.begin(), sum.end(), 0.0f);
    for (i32 i = is.begin; i < is.end; ++i)
      for (i32 j = js.begin; j < js.end; ++j) {
        i32 const positions = p.rows.inputs_of(i).size() * p.columns.inputs_of(j).size();
        auto const divisor = static_cast<f32>(p.divisor > 0 ? p.divisor : positions);
        T const* const dy = p.from + ((n * p.rows.outputs + i) * p.columns.outputs + j) * p.c;
        for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += static_cast<f32>(dy[k]) / divisor;
      }
    store(sum, p.to + ((n * p.rows.size + row) * p.columns.size + column) * p.c);
  }
}

template <class T>
void forward(AveragePoolParams<T> const& p) {
#pragma omp parallel
  {
    std::vector<f32> sum(static_cast<std::size_t>(p.c));
#pragma omp for collapse(2) schedule(static)
    for (i64 n = 0; n < p.n; ++n)
      for (i32 i = 0; i < p.rows.outputs; ++i) forward_row(p, n, i, sum);
  }
}

template <class T>
void backward(AveragePoolParams<T> const& p) {
#pragma omp parallel
  {
    std::vector<f32> sum(static_cast<std::size_t>(p.c));
#pragma omp for collapse(2) schedule(static)
    for (i64 n = 0; n < p.n; ++n)
      for (i32 row = 0; row < p.rows.size; ++row) backward_row(p, n, row, sum);
  }
}

}  // namespace

template <class T>
void average_pool_forward(AveragePoolForwardArgs<T> const& a, Stream) {
  check_average_pool("average_pool_forward", a);
  forward(params_of(a));
}

template <class T>
void average_pool_backward(AveragePoolBackwardArgs<T> const& a, Stream) {
  check_average_pool("average_pool_backward", a);
  backward(params_of(a));
}

template <class T>
void adaptive_average_pool_forward(AdaptiveAveragePoolForwardArgs<T> const& a, Stream) {
  check_average_pool("adaptive_average_pool_forward", a);
  forward(params_of(a));
}

template <class T>
void adaptive_average_pool_backward(AdaptiveAveragePoolBackwardArgs<T> const& a, Stream) {
  check_average_pool("adaptive_average_pool_backward", a);
  backward(params_of(a));
}

HEDDLE_INSTANTIATE(average_pool_forward, AveragePoolForwardArgs);
HEDDLE_INSTANTIATE(average_pool_backward, AveragePoolBackwardArgs);
HEDDLE_INSTANTIATE(adaptive_average_pool_forward, AdaptiveAveragePoolForwardArgs);
HEDDLE_INSTANTIATE(adaptive_average_pool_backward, AdaptiveAveragePoolBackwardArgs);

}  // namespace heddle::cpu
