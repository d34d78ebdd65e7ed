#include "kernels/optimizer/gradient_norm.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "kernels/optimizer/optimizer_check.h"

namespace heddle::cpu {
namespace {

constexpr i64 chunk = 8192;  // fixed, so that the bits do not depend on the number of threads
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
double sum_of_squares(GradientTensor<T> const& t) {
  i64 const chunks = ceil_div(t.count, chunk);
  std::vector<double> partial(static_cast<std::size_t>(chunks));
#pragma omp parallel for schedule(static) if (t.count > parallel_from)
  for (i64 i = 0; i < chunks; ++i)
    partial[static_cast<std::size_t>(i)] = chunk_sum(t.gradient + i * chunk, std::min(chunk, t.count - i * chunk));
  double total = 0;
  for (double const sum : partial) total += sum;
  return total;
}

}  // namespace

template <class T>
void gradient_norm(GradientNormArgs<T> const& args, Stream) {
  check_gradient_norm(args);
  double sum = 0;
  for (GradientTensor<T> const& t : args.list) sum += sum_of_squares(t);
  for (GradientTensor<f32> const& t : args.f32_list) sum += sum_of_squares(t);
  finish_step(args.rules, std::sqrt(sum), *args.state);
}

HEDDLE_INSTANTIATE(gradient_norm, GradientNormArgs);

}  // namespace heddle::cpu
