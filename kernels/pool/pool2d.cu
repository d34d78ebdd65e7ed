// Launchers of max and average pooling: for CUDA, and for the emulator.
#include "kernels/pool/average_pool.cuh"
#include "kernels/pool/max_pool.cuh"
#include "kernels/pool/max_pool_backward.cuh"
#include "kernels/pool/pool_check.h"
#include "kernels/pool/pool_launch.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

template <class T, class Winner>
void gather(MaxPoolBackwardArgs<T> const& a, Winner const* winners, Stream stream) {
  PoolAxis const rows = rows_of(a.shape), columns = columns_of(a.shape);
  i64 const n = a.shape.n, c = a.shape.c;
  with_pool_vector<T>(
      a.shape.input_count(), c,
      [&]<int vector>() {
        PoolPixels const pixels = pool_pixels(rows.size, columns.size, c, vector);
        launch<MaxPoolBackward<T, Winner, vector>>(
            pool_grid(pixels, n), {n, c, rows, columns, pixels, a.dy, winners, a.dx}, stream, "max_pool_backward");
      },
      a.dy, winners, a.dx);
}

template <class T>
void average_forward(char const* name, AveragePoolParams<T> const& p, Stream stream) {
  with_pool_vector<T>(
      p.n * p.rows.outputs * p.columns.outputs * p.c, p.c,
      [&]<int vector>() {
        PoolPixels const pixels = pool_pixels(p.rows.outputs, p.columns.outputs, p.c, vector);
        launch<AveragePoolForward<T, vector>>(pool_grid(pixels, p.n), {p, pixels}, stream, name);
      },
      p.from, p.to);
}

template <class T>
void average_backward(char const* name, AveragePoolParams<T> const& p, Stream stream) {
  with_pool_vector<T>(
      p.n * p.rows.size * p.columns.size * p.c, p.c,
      [&]<int vector>() {
        PoolPixels const pixels = pool_pixels(p.rows.size, p.columns.size, p.c, vector);
        launch<AveragePoolBackward<T, vector>>(pool_grid(pixels, p.n), {p, pixels}, stream, name);
      },
      p.from, p.to);
}

}  // namespace

template <class T>
void max_pool_forward(MaxPoolForwardArgs<T> const& a, Stream stream) {
  check_max_pool_forward(a);
  PoolAxis const rows = rows_of(a.shape), columns = columns_of(a.shape);
  i64 const n = a.shape.n, c = a.shape.c;
  with_pool_vector<T>(
      a.shape.output_count(), c,
      [&]<int vector>() {
        PoolPixels const pixels = pool_pixels(rows.outputs, columns.outputs, c, vector);
        launch<MaxPoolForward<T, vector>>(pool_grid(pixels, n), {n, c, rows, columns, pixels, a.x, a.y, a.tap, a.index},
                                          stream, "max_pool_forward");
      },
      a.x, a.y, a.tap, a.index);
}

template <class T>
void max_pool_backward(MaxPoolBackwardArgs<T> const& a, Stream stream) {
  check_max_pool_backward(a);
  a.tap != nullptr ? gather(a, a.tap, stream) : gather(a, a.index, stream);
}

template <class T>
void average_pool_forward(AveragePoolForwardArgs<T> const& a, Stream stream) {
  check_average_pool("average_pool_forward", a);
  average_forward("average_pool_forward", params_of(a), stream);
}

template <class T>
void average_pool_backward(AveragePoolBackwardArgs<T> const& a, Stream stream) {
  check_average_pool("average_pool_backward", a);
  average_backward("average_pool_backward", params_of(a), stream);
}

template <class T>
void adaptive_average_pool_forward(AdaptiveAveragePoolForwardArgs<T> const& a, Stream stream) {
  check_average_pool("adaptive_average_pool_forward", a);
  average_forward("adaptive_average_pool_forward", params_of(a), stream);
}

template <class T>
void adaptive_average_pool_backward(AdaptiveAveragePoolBackwardArgs<T> const& a, Stream stream) {
  check_average_pool("adaptive_average_pool_backward", a);
  average_backward("adaptive_average_pool_backward", params_of(a), stream);
}

HEDDLE_INSTANTIATE(max_pool_forward, MaxPoolForwardArgs);
HEDDLE_INSTANTIATE(max_pool_backward, MaxPoolBackwardArgs);
HEDDLE_INSTANTIATE(average_pool_forward, AveragePoolForwardArgs);
HEDDLE_INSTANTIATE(average_pool_backward, AveragePoolBackwardArgs);
HEDDLE_INSTANTIATE(adaptive_average_pool_forward, AdaptiveAveragePoolForwardArgs);
HEDDLE_INSTANTIATE(adaptive_average_pool_backward, AdaptiveAveragePoolBackwardArgs);

}  // namespace heddle::HEDDLE_BACKEND
