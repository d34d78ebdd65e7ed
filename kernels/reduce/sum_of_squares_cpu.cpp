#include <algorithm>
#include <array>
#include <vector>

#include "kernels/core/arguments.h"
#include "kernels/core/math.h"
#include "kernels/reduce/sum_of_squares.h"

namespace heddle::cpu {
namespace {

constexpr i64 chunk = 8192;
constexpr i64 parallel_from = 2 * chunk;

// Element i goes to sum i mod 16: independent additions that fill the vector unit, in an order of their own. A square
// is exact in double, so it does not matter whether the addition is fused with it.
double chunk_sum(f32 const* x, i64 count) {
  constexpr i64 lanes = 16;
  std::array<double, lanes> sums = {};
  i64 const whole = count / lanes * lanes;
  for (i64 i = 0; i < whole; i += lanes)
    for (i64 lane = 0; lane < lanes; ++lane) {
      double const value = x[i + lane];
      sums[static_cast<std::size_t>(lane)] += value * value;
    }
  double total = 0;
  for (double const sum : sums) total += sum;
  for (i64 i = whole; i < count; ++i) total += static_cast<double>(x[i]) * x[i];
  return total;
}

}  // namespace

void sum_of_squares(SumOfSquaresArgs<f32> const& args, Stream) {
  check_sizes("sum_of_squares", {{"count", args.count}});
  check_pointer("sum_of_squares", "x", args.x, args.count);
  check_pointer("sum_of_squares", "sum", args.sum, 1);
  i64 const chunks = ceil_div(args.count, chunk);
  std::vector<double> partial(static_cast<std::size_t>(chunks));
#pragma omp parallel for schedule(static) if (args.count > parallel_from)
  for (i64 i = 0; i < chunks; ++i)
    partial[static_cast<std::size_t>(i)] = chunk_sum(args.x + i * chunk, std::min(chunk, args.count - i * chunk));
  double total = 0;
  for (double const sum : partial) total += sum;
  *args.sum = total;
}

}  // namespace heddle::cpu
