#include <algorithm>

#include "kernels/core/error.h"
#include "kernels/pool/pool2d.h"
#include "kernels/pool/pool_window.h"

namespace heddle::cpu {
namespace {

void add(f32 const* __restrict from, i64 count, f32* __restrict to) {
  for (i64 i = 0; i < count; ++i) to[i] += from[i];
}

void add_quotient(f32 const* __restrict from, f32 divisor, i64 count, f32* __restrict to) {
  for (i64 i = 0; i < count; ++i) to[i] += from[i] / divisor;
}

/// Calls visit(output pixel, divisor, rows, columns) for each window of one row of outputs.
template <class Visit>
void for_each_window(Pool2dShape const& shape, bool count_padding, i64 i, Visit visit) {
  WindowRange const rows = window_range(i, shape.stride_h, shape.padding.top, shape.r, shape.h);
  for (i64 j = 0; j < shape.q(); ++j) {
    WindowRange const columns = window_range(j, shape.stride_w, shape.padding.left, shape.s, shape.w);
    i64 const count = count_padding ? shape.r * shape.s : rows.size() * columns.size();
    visit(i * shape.q() + j, static_cast<f32>(count), rows, columns);
  }
}

}  // namespace

void average_pool_forward(AveragePoolForwardArgs<f32> const& args, Stream) {
  Pool2dShape const& shape = args.shape;
  check_shape(shape);
  check(args.x || shape.input_count() == 0, "[average_pool_forward] x is null, but the input is not empty");
  check(args.y || shape.output_count() == 0, "[average_pool_forward] y is null, but the output is not empty");

  i64 const p = shape.p(), q = shape.q(), c = shape.c;
#pragma omp parallel for collapse(2) schedule(static)
  for (i64 n = 0; n < shape.n; ++n)
    for (i64 i = 0; i < p; ++i)
      for_each_window(shape, args.count_padding, i, [&](i64 pixel, f32 divisor, WindowRange rows, WindowRange columns) {
        f32* const y = args.y + (n * p * q + pixel) * c;
        std::fill_n(y, c, 0.0f);
        for (i64 row = rows.begin; row < rows.end; ++row)
          for (i64 column = columns.begin; column < columns.end; ++column)
            add(args.x + ((n * shape.h + row) * shape.w + column) * c, c, y);
        for (i64 channel = 0; channel < c; ++channel) y[channel] /= divisor;
      });
}

void average_pool_backward(AveragePoolBackwardArgs<f32> const& args, Stream) {
  Pool2dShape const& shape = args.shape;
  check_shape(shape);
  check(args.dy || shape.output_count() == 0, "[average_pool_backward] dy is null, but the output is not empty");
  check(args.dx || shape.input_count() == 0, "[average_pool_backward] dx is null, but the input is not empty");

  i64 const p = shape.p(), q = shape.q(), c = shape.c;
#pragma omp parallel for schedule(static)
  for (i64 n = 0; n < shape.n; ++n) {
    std::fill_n(args.dx + n * shape.h * shape.w * c, shape.h * shape.w * c, 0.0f);
    for (i64 i = 0; i < p; ++i)
      for_each_window(shape, args.count_padding, i, [&](i64 pixel, f32 divisor, WindowRange rows, WindowRange columns) {
        f32 const* const dy = args.dy + (n * p * q + pixel) * c;
        for (i64 row = rows.begin; row < rows.end; ++row)
          for (i64 column = columns.begin; column < columns.end; ++column)
            add_quotient(dy, divisor, c, args.dx + ((n * shape.h + row) * shape.w + column) * c);
      });
  }
}

}  // namespace heddle::cpu
