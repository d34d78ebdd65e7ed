#include <algorithm>
#include <array>
#include <vector>

#include "kernels/core/math.h"
#include "kernels/reduce/sum_of_squares_check.h"

namespace heddle::cpu {
namespace {

constexpr i64 chunk = 8192;
constexpr i64 parallel_from = 2 * chunk;

// Element i goes to sum i mod 16: independent additions that fill the vector unit, in an order of their own. A square
// is exact in double, so it does not matter whether the addition is fused with it.
template <class T>
double chunk_sum(T const* x, i64 count) {
  constexpr i64 lanes = 16;
  std::array<double, lanes> sums = {};
  i64 const whole = count / lanes * lanes;
  for (i64 i = 0; i < whole; i += lanes)
    for (i64 lane = 0; lane < lanes; ++lane) {
      double const value = f32(x[i + lane]);
      sums[static_cast<std::size_t>(lane)] += value * value;
    }
  double total = 0;
  for (double const sum : sums) total += sum;
  for (i64 i = whole; i < count; ++i) total += static_cast<double>(f32(x[i])) * f32(x[i]);
  return total;
}

template <class T>
double tensor_sum(TensorOfList<T> const& x) {
  i64 const chunks = ceil_div(x.count, chunk);
  std::vector<double> partial(static_cast<std::size_t>(chunks));
#pragma omp parallel for schedule(static) if (x.count > parallel_from)
  for (i64 i = 0; i < chunks; ++i)
    partial[static_cast<std::size_t>(i)] = chunk_sum(x.data + i * chunk, std::min(chunk, x.count - i * chunk));
  double total = 0;
  for (double const sum : partial) total += sum;
  return total;
}

}  // namespace

template <class T>
void sum_of_squares(SumOfSquaresArgs<T> const& a, Stream) {
  check_arguments(a);
  double total = 0;
  for (TensorOfList<T> const& tensor : a.x) total += tensor_sum(tensor);
  *a.sum = total;
}

HEDDLE_INSTANTIATE(sum_of_squares, SumOfSquaresArgs);

}  // namespace heddle::cpu
