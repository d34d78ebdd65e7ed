// Elementwise arithmetic on the CPU. Loops are cut at fixed places, whatever the number of threads, so that an element
// always meets the same instructions and its bits never change.
#include "kernels/elementwise/elementwise.h"

#include <algorithm>
#include <array>
#include <vector>

#include "kernels/core/arguments.h"
#include "kernels/core/math.h"

namespace heddle::cpu {
namespace {

constexpr i64 chunk = 4096;
constexpr i64 parallel_from = 4 * chunk;  // a fork costs about as much as this many additions

// The tile of dy that one task of bias_backward sums.
constexpr i64 tile_rows = 1024, tile_columns = 256;

}  // namespace

void add(AddArgs<f32> const& args, Stream) {
  check_sizes("add", {{"count", args.count}});
  check_pointer("add", "a", args.a, args.count);
  check_pointer("add", "b", args.b, args.count);
  check_pointer("add", "out", args.out, args.count);
  AddArgs<f32> const p = args;
#pragma omp parallel for simd schedule(static, chunk) firstprivate(p) if (p.count > parallel_from)
  for (i64 i = 0; i < p.count; ++i) p.out[i] = p.alpha * p.a[i] + p.beta * p.b[i];
}

void scale(ScaleArgs<f32> const& args, Stream) {
  check_sizes("scale", {{"count", args.count}});
  check_pointer("scale", "x", args.x, args.count);
  check_pointer("scale", "y", args.y, args.count);
  ScaleArgs<f32> const p = args;
#pragma omp parallel for simd schedule(static, chunk) firstprivate(p) if (p.count > parallel_from)
  for (i64 i = 0; i < p.count; ++i) p.y[i] = p.scale * p.x[i];
}

void bias_forward(BiasForwardArgs<f32> const& args, Stream) {
  i64 const count = args.rows * args.columns;
  check_sizes("bias_forward", {{"rows", args.rows}, {"columns", args.columns}});
  check_pointer("bias_forward", "x", args.x, count);
  check_pointer("bias_forward", "bias", args.bias, count == 0 ? 0 : args.columns);
  check_pointer("bias_forward", "y", args.y, count);
  BiasForwardArgs<f32> const p = args;
#pragma omp parallel for schedule(static) firstprivate(p) if (count > parallel_from)
  for (i64 i = 0; i < p.rows; ++i) {
    f32 const* x = p.x + i * p.columns;
    f32* y = p.y + i * p.columns;
#pragma omp simd
    for (i64 j = 0; j < p.columns; ++j) y[j] = x[j] + p.bias[j];
  }
}

// Each tile is summed in double, then the tiles of a column from top to bottom.
void bias_backward(BiasBackwardArgs<f32> const& args, Stream) {
  i64 const rows = args.rows, columns = args.columns;
  check_sizes("bias_backward", {{"rows", rows}, {"columns", columns}});
  check_pointer("bias_backward", "dy", args.dy, rows * columns);
  check_pointer("bias_backward", "dbias", args.dbias, columns);
  i64 const tiles = ceil_div(rows, tile_rows);
  std::vector<double> partial(static_cast<std::size_t>(tiles * columns));
#pragma omp parallel for collapse(2) schedule(static) if (rows * columns > parallel_from)
  for (i64 tile = 0; tile < tiles; ++tile) {
    for (i64 begin = 0; begin < columns; begin += tile_columns) {
      i64 const width = std::min(tile_columns, columns - begin);
      std::array<double, tile_columns> sums = {};
      for (i64 i = tile * tile_rows; i < std::min(rows, (tile + 1) * tile_rows); ++i)
        for (i64 j = 0; j < width; ++j) sums[static_cast<std::size_t>(j)] += args.dy[i * columns + begin + j];
      std::copy_n(sums.data(), width, partial.data() + tile * columns + begin);
    }
  }
  for (i64 j = 0; j < columns; ++j) {
    double sum = 0;
    for (i64 tile = 0; tile < tiles; ++tile) sum += partial[static_cast<std::size_t>(tile * columns + j)];
    args.dbias[j] = static_cast<f32>(sum);
  }
}

}  // namespace heddle::cpu
