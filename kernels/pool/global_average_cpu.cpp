#include <vector>

#include "kernels/core/error.h"
#include "kernels/pool/pool2d.h"

namespace heddle::cpu {
namespace {

void check_sizes(char const* operation, i64 n, i64 positions, i64 c) {
  check(n >= 0 && positions >= 0 && c >= 0, "[", operation, "] sizes must not be negative: n=", n,
        ", positions=", positions, ", c=", c);
  check(positions > 0 || n * c == 0, "[", operation, "] there is no mean of no positions: positions=0");
}

}  // namespace

void global_average_forward(GlobalAverageForwardArgs<f32> const& args, Stream) {
  auto const& [n, positions, c, x, y] = args;
  check_sizes("global_average_forward", n, positions, c);
  check(x || n * positions * c == 0, "[global_average_forward] x is null, but the input is not empty");
  check(y || n * c == 0, "[global_average_forward] y is null, but the output is not empty");

  std::vector<double> sums(static_cast<std::size_t>(n * c), 0.0);
#pragma omp parallel for schedule(static)
  for (i64 image = 0; image < args.n; ++image) {
    double* const sum = sums.data() + image * args.c;
    f32 const* from = args.x + image * args.positions * args.c;
    for (i64 position = 0; position < args.positions; ++position, from += args.c)
      for (i64 channel = 0; channel < args.c; ++channel) sum[channel] += from[channel];
    for (i64 channel = 0; channel < args.c; ++channel)
      args.y[image * args.c + channel] = static_cast<f32>(sum[channel] / static_cast<double>(args.positions));
  }
}

void global_average_backward(GlobalAverageBackwardArgs<f32> const& args, Stream) {
  auto const& [n, positions, c, dy, dx] = args;
  check_sizes("global_average_backward", n, positions, c);
  check(dy || n * c == 0, "[global_average_backward] dy is null, but the output is not empty");
  check(dx || n * positions * c == 0, "[global_average_backward] dx is null, but the input is not empty");

#pragma omp parallel for schedule(static)
  for (i64 image = 0; image < args.n; ++image) {
    f32* to = args.dx + image * args.positions * args.c;
    f32 const* const from = args.dy + image * args.c;
    for (i64 position = 0; position < args.positions; ++position, to += args.c)
      for (i64 channel = 0; channel < args.c; ++channel) to[channel] = from[channel] / static_cast<f32>(args.positions);
  }
}

}  // namespace heddle::cpu
