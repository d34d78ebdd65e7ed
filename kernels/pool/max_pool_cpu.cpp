#include <algorithm>
#include <limits>

#include "kernels/core/error.h"
#include "kernels/pool/pool2d.h"
#include "kernels/pool/pool_window.h"

namespace heddle::cpu {
namespace {

/// Replaces the winner of each channel by the value at `position` where that is greater, or the first NaN.
void challenge(f32 const* __restrict x, i32 position, i64 channels, f32* __restrict best, i32* __restrict index) {
  for (i64 i = 0; i < channels; ++i) {
    bool const wins = !(x[i] <= best[i]) && best[i] == best[i];
    best[i] = wins ? x[i] : best[i];
    index[i] = wins ? position : index[i];
  }
}

}  // namespace

void max_pool_forward(MaxPoolForwardArgs<f32> const& args, Stream) {
  Pool2dShape const& shape = args.shape;
  check_shape(shape);
  check(args.x || shape.input_count() == 0, "[max_pool_forward] x is null, but the input is not empty");
  check(args.y || shape.output_count() == 0, "[max_pool_forward] y is null, but the output is not empty");
  check(args.index || shape.output_count() == 0, "[max_pool_forward] index is null, but the output is not empty");
  check(shape.h <= std::numeric_limits<i32>::max() / shape.w,
        "[max_pool_forward] positions must fit into 32 bits: h=", shape.h, ", w=", shape.w);

  i64 const p = shape.p(), q = shape.q(), c = shape.c;
#pragma omp parallel for collapse(2) schedule(static)
  for (i64 n = 0; n < shape.n; ++n)
    for (i64 i = 0; i < p; ++i) {
      f32 const* const image = args.x + n * shape.h * shape.w * c;
      WindowRange const rows = window_range(i, shape.stride_h, shape.padding.top, shape.r, shape.h);
      for (i64 j = 0; j < q; ++j) {
        WindowRange const columns = window_range(j, shape.stride_w, shape.padding.left, shape.s, shape.w);
        f32* const y = args.y + ((n * p + i) * q + j) * c;
        i32* const index = args.index + ((n * p + i) * q + j) * c;
        i64 const first = rows.begin * shape.w + columns.begin;
        std::copy_n(image + first * c, c, y);
        std::fill_n(index, c, static_cast<i32>(first));
        for (i64 row = rows.begin; row < rows.end; ++row)
          for (i64 column = columns.begin; column < columns.end; ++column) {
            i64 const position = row * shape.w + column;
            challenge(image + position * c, static_cast<i32>(position), c, y, index);
          }
      }
    }
}

void max_pool_backward(MaxPoolBackwardArgs<f32> const& args, Stream) {
  Pool2dShape const& shape = args.shape;
  check_shape(shape);
  check(args.dy || shape.output_count() == 0, "[max_pool_backward] dy is null, but the output is not empty");
  check(args.index || shape.output_count() == 0, "[max_pool_backward] index is null, but the output is not empty");
  check(args.dx || shape.input_count() == 0, "[max_pool_backward] dx is null, but the input is not empty");

  i64 const input = shape.h * shape.w * shape.c;
  i64 const output = shape.p() * shape.q() * shape.c;
#pragma omp parallel for schedule(static)
  for (i64 n = 0; n < shape.n; ++n) {
    f32* const dx = std::fill_n(args.dx + n * input, input, 0.0f) - input;
    for (i64 i = 0; i < output; i += shape.c)
      for (i64 channel = 0; channel < shape.c; ++channel) {
        i64 const at = n * output + i + channel;
        dx[args.index[at] * shape.c + channel] += args.dy[at];
      }
  }
}

}  // namespace heddle::cpu
