// The reference of max pooling: one output after the other, and for gradients one input after the other.
#include <algorithm>
#include <limits>
#include <vector>

#include "kernels/pool/pool_check.h"

namespace heddle::cpu {
namespace {

/// The winners of the channels of one window, and where in the window they stand.
struct Winners {
  std::vector<f32> best;
  std::vector<i32> tap;

  explicit Winners(i64 channels) : best(static_cast<std::size_t>(channels)), tap(best.size()) {}

  void begin(i32 first_tap) {
    std::fill(best.begin(), best.end(), -std::numeric_limits<f32>::infinity());
    std::fill(tap.begin(), tap.end(), first_tap);
  }

  /// Replaces the winner of each channel by x where that is greater, or the first NaN.
  template <class T>
  void challenge(T const* x, i32 x_tap) {
    for (std::size_t i = 0; i < best.size(); ++i) {
      f32 const value = static_cast<f32>(x[i]);
      bool const wins = !(value <= best[i]) && best[i] == best[i];
      best[i] = wins ? value : best[i];
      tap[i] = wins ? x_tap : tap[i];
    }
  }
};

/// One row of outputs.
template <class T>
void forward_row(MaxPoolForwardArgs<T> const& a, i64 n, i32 i, Winners& winners) {
  PoolAxis const row_axis = rows_of(a.shape), column_axis = columns_of(a.shape);
  i64 const w = a.shape.w, c = a.shape.c;
  T const* const image = a.x + n * a.shape.h * w * c;
  PositionRange const rows = row_axis.inputs_of(i);
  i32 const top = i * row_axis.stride - row_axis.padding;
  for (i32 j = 0; j < column_axis.outputs; ++j) {
    PositionRange const columns = column_axis.inputs_of(j);
    i32 const left = j * column_axis.stride - column_axis.padding;
    auto const tap_at = [&](i32 row, i32 column) { return (row - top) * column_axis.window + column - left; };
    winners.begin(tap_at(rows.begin, columns.begin));
    for (i32 row = rows.begin; row < rows.end; ++row)
      for (i32 column = columns.begin; column < columns.end; ++column)
        winners.challenge(image + (row * w + column) * c, tap_at(row, column));
    i64 const offset = ((n * row_axis.outputs + i) * column_axis.outputs + j) * c;
    for (i64 k = 0; k < c; ++k) {
      i32 const tap = winners.tap[static_cast<std::size_t>(k)];
      a.y[offset + k] = T(winners.best[static_cast<std::size_t>(k)]);
      if (a.tap != nullptr) a.tap[offset + k] = static_cast<u8>(tap);
      if (a.index != nullptr)
        a.index[offset + k] = (top + tap / column_axis.window) * column_axis.size + left + tap % column_axis.window;
    }
  }
}

/// Adds to each channel's sum the dy of an output that `wanted` has won.
template <class T, class Winner>
void add_won(T const* __restrict dy, Winner const* __restrict winners, Winner wanted, std::vector<f32>& sums) {
  f32* __restrict const sum = sums.data();
  for (std::size_t k = 0; k < sums.size(); ++k) sum[k] += winners[k] == wanted ? static_cast<f32>(dy[k]) : 0.0f;
}

/// One row of inputs.
template <class T>
void backward_row(MaxPoolBackwardArgs<T> const& a, i64 n, i32 row, std::vector<f32>& sum) {
  PoolAxis const row_axis = rows_of(a.shape), column_axis = columns_of(a.shape);
  i64 const c = a.shape.c;
  PositionRange const is = row_axis.outputs_of(row);
  for (i32 column = 0; column < column_axis.size; ++column) {
    std::fill(sum.begin(), sum.end(), 0.0f);
    PositionRange const js = column_axis.outputs_of(column);
    for (i32 i = is.begin; i < is.end; ++i)
      for (i32 j = js.begin; j < js.end; ++j) {
        i32 const tap = (row - (i * row_axis.stride - row_axis.padding)) * column_axis.window + column -
                        (j * column_axis.stride - column_axis.padding);
        i32 const index = row * column_axis.size + column;
        i64 const offset = ((n * row_axis.outputs + i) * column_axis.outputs + j) * c;
        if (a.tap != nullptr)
          add_won(a.dy + offset, a.tap + offset, static_cast<u8>(tap), sum);
        else
          add_won(a.dy + offset, a.index + offset, index, sum);
      }
    T* const dx = a.dx + ((n * row_axis.size + row) * column_axis.size + column) * c;
    std::transform(sum.begin(), sum.end(), dx, [](f32 value) { return T(value); });
  }
}

}  // namespace

template <class T>
void max_pool_forward(MaxPoolForwardArgs<T> const& a, Stream) {
  check_max_pool_forward(a);
  i64 const p = a.shape.p();
#pragma omp parallel
  {
    Winners winners(a.shape.c);
#pragma omp for collapse(2) schedule(static)
    for (i64 n = 0; n < a.shape.n; ++n)
      for (i64 i = 0; i < p; ++i) forward_row(a, n, static_cast<i32>(i), winners);
  }
}

template <class T>
void max_pool_backward(MaxPoolBackwardArgs<T> const& a, Stream) {
  check_max_pool_backward(a);
#pragma omp parallel
  {
    std::vector<f32> sum(static_cast<std::size_t>(a.shape.c));
#pragma omp for collapse(2) schedule(static)
    for (i64 n = 0; n < a.shape.n; ++n)
      for (i64 row = 0; row < a.shape.h; ++row) backward_row(a, n, static_cast<i32>(row), sum);
  }
}

HEDDLE_INSTANTIATE(max_pool_forward, MaxPoolForwardArgs);
HEDDLE_INSTANTIATE(max_pool_backward, MaxPoolBackwardArgs);

}  // namespace heddle::cpu
