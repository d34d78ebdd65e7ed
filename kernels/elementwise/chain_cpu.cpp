// The chain on the CPU: its steps are loops over a chunk that stays in the cache. Chunks lie at fixed places, whatever
// the number of threads, so that an element always meets the same instructions and sums always have one order.
#include <algorithm>
#include <vector>

#include "kernels/core/math.h"
#include "kernels/elementwise/elementwise_check.h"

namespace heddle::cpu {
namespace {

constexpr i64 chunk = 4096;
constexpr i64 parallel_from = 4 * chunk;
constexpr i64 sum_rows = 64;  // at least, of which one task adds up dbias

/// The elements first, …, first + count - 1, at most a chunk of them.
struct Range {
  i64 first, count;
};

template <class T>
void read(T const* tensor, Range range, f32* values) {
  for (i64 i = 0; i < range.count; ++i) values[i] = f32(tensor[range.first + i]);
}

/// Calls visit(i, j, length) for each stretch of `range` that lies in one row: its first element and column.
template <class Visit>
void for_each_stretch(Range range, i64 columns, Visit const& visit) {
  for (i64 i = 0; i < range.count;) {
    i64 const column = (range.first + i) % columns, length = std::min(range.count - i, columns - column);
    visit(i, column, length);
    i += length;
  }
}

template <class T>
void add_bias(T const* bias, i64 columns, Range range, f32* values) {
  if (bias == nullptr) return;
  for_each_stretch(range, columns, [&](i64 i, i64 column, i64 length) {
    for (i64 k = 0; k < length; ++k) values[i + k] += f32(bias[column + k]);
  });
}

void drop(DropoutMask const& mask, Range range, f32* values) {
  if (!mask.active()) return;
  i64 drawn = -1;
  DropoutMask::Draw draw = {};
  for (i64 i = 0; i < range.count; ++i) {
    i64 const unit = mask.unit(range.first + i), place = unit % DropoutMask::units_of_draw;
    if (unit / DropoutMask::units_of_draw != drawn) draw = mask.draw(unit);
    drawn = unit / DropoutMask::units_of_draw;
    values[i] *= mask.factor(draw, static_cast<int>(place));
  }
}

/// Calls body(range) for the chunks of the elements from `first` to `last`.
template <class Body>
void for_each_chunk(i64 first, i64 last, Body const& body) {
  for (; first < last; first += chunk) body(Range{first, std::min(chunk, last - first)});
}

template <class T>
void forward(ChainForwardArgs<T> const& a, DropoutMask const& mask, auto activation, Range range) {
  f32 values[chunk];
  read(a.x, range, values);
  add_bias(a.bias, a.columns, range, values);
#pragma omp simd
  for (i64 i = 0; i < range.count; ++i) values[i] = activation(values[i]);
  drop(mask, range, values);
  if (a.residual != nullptr)
    for (i64 i = 0; i < range.count; ++i) values[i] += f32(a.residual[range.first + i]);
  for (i64 i = 0; i < range.count; ++i) a.y[range.first + i] = T(values[i]);
}

template <class T>
void backward(ChainBackwardArgs<T> const& a, DropoutMask const& mask, auto gradient, Range range, f32* dx) {
  read(a.dy, range, dx);
  drop(mask, range, dx);
  if (a.activation != Activation::none) {
    f32 x[chunk];
    read(a.x, range, x);
    add_bias(a.bias, a.columns, range, x);
#pragma omp simd
    for (i64 i = 0; i < range.count; ++i) dx[i] = gradient(x[i], dx[i]);
  }
  if (a.dx != nullptr)
    for (i64 i = 0; i < range.count; ++i) a.dx[range.first + i] = T(dx[i]);
}

/// Rows are summed in double by tasks of a fixed number, then the tasks from top to bottom.
template <class T>
void backward_with_dbias(ChainBackwardArgs<T> const& a, DropoutMask const& mask, auto gradient) {
  i64 const columns = a.columns, task_rows = std::max(sum_rows, 4 * chunk / std::max<i64>(columns, 1));
  i64 const tasks = ceil_div(a.rows, task_rows);
  std::vector<double> partial(static_cast<std::size_t>(tasks * columns));
#pragma omp parallel for schedule(static) if (a.rows * columns > parallel_from)
  for (i64 task = 0; task < tasks; ++task) {
    double* const sums = partial.data() + task * columns;
    i64 const last_row = std::min(a.rows, (task + 1) * task_rows);
    for_each_chunk(task * task_rows * columns, last_row * columns, [&](Range range) {
      f32 dx[chunk];
      backward(a, mask, gradient, range, dx);
      for_each_stretch(range, columns, [&](i64 i, i64 column, i64 length) {
        for (i64 k = 0; k < length; ++k) sums[column + k] += dx[i + k];
      });
    });
  }
  for (i64 j = 0; j < columns; ++j) {
    double sum = 0;
    for (i64 task = 0; task < tasks; ++task) sum += partial[static_cast<std::size_t>(task * columns + j)];
    a.dbias[j] = T(static_cast<f32>(sum));
  }
}

}  // namespace

template <class T>
void chain_forward(ChainForwardArgs<T> const& a, Stream) {
  check_arguments(a);
  DropoutMask const mask(a.dropout);
  i64 const count = a.rows * a.columns, chunks = ceil_div(count, chunk);
  with_activation(a.activation, [&](auto activation, auto) {
#pragma omp parallel for schedule(static) if (count > parallel_from)
    for (i64 i = 0; i < chunks; ++i) forward(a, mask, activation, {i * chunk, std::min(chunk, count - i * chunk)});
  });
}

template <class T>
void chain_backward(ChainBackwardArgs<T> const& a, Stream) {
  check_arguments(a);
  DropoutMask const mask(a.dropout);
  i64 const count = a.rows * a.columns, chunks = ceil_div(count, chunk);
  with_activation(a.activation, [&](auto, auto gradient) {
    if (a.dbias != nullptr) return backward_with_dbias(a, mask, gradient);
#pragma omp parallel for schedule(static) if (count > parallel_from)
    for (i64 i = 0; i < chunks; ++i) {
      f32 dx[chunk];
      backward(a, mask, gradient, {i * chunk, std::min(chunk, count - i * chunk)}, dx);
    }
  });
}

HEDDLE_INSTANTIATE(chain_forward, ChainForwardArgs);
HEDDLE_INSTANTIATE(chain_backward, ChainBackwardArgs);

}  // namespace heddle::cpu
