// CPU pooling against its definition, and against finite differences.
#include <gtest/gtest.h>

#include <limits>
#include <utility>

#include "tests/kernels/pool/pool2d_results.h"
#include "tests/support/cases_pool2d.h"
#include "tests/support/compare.h"
#include "tests/support/fill.h"
#include "tests/support/threads.h"

namespace heddle::testing {
namespace {

/// Calls visit(output's index, input's index) for every pair that meets in a window.
template <class Visit>
void for_each_pair(Pool2dShape const& s, Visit visit) {
  i64 const p = s.p(), q = s.q();
  for (i64 out = 0; out < s.output_count(); ++out) {
    i64 const channel = out % s.c, j = out / s.c % q, i = out / s.c / q % p, n = out / s.c / q / p;
    for (i64 r = 0; r < s.r; ++r)
      for (i64 t = 0; t < s.s; ++t) {
        i64 const h = i * s.stride_h + r - s.padding.top, w = j * s.stride_w + t - s.padding.left;
        if (h >= 0 && h < s.h && w >= 0 && w < s.w)
          visit(static_cast<std::size_t>(out), static_cast<std::size_t>(((n * s.h + h) * s.w + w) * s.c + channel));
      }
  }
}

class Pool2d : public ::testing::TestWithParam<Pool2dCase> {
 protected:
  Pool2dShape const& shape = GetParam().shape;
};

// Few different integers, so that there are many ties.
TEST_P(Pool2d, MaxTakesTheFirstGreatest) {
  std::vector<f32> const x = small_integers(shape.input_count(), 1);
  MaxPoolResult const out = max_pool(shape, x);
  std::vector<f32> y(out.y.size(), -std::numeric_limits<f32>::infinity());
  std::vector<i32> index(out.index.size(), -1);
  for_each_pair(shape, [&](std::size_t to, std::size_t from) {
    if (x[from] > y[to]) {
      y[to] = x[from];
      index[to] = static_cast<i32>(static_cast<i64>(from) / shape.c % (shape.h * shape.w));
    }
  });
  EXPECT_TRUE(equal(out.y, y));
  EXPECT_EQ(out.index, index);
}

TEST_P(Pool2d, MaxGradientGoesToTheWinner) {
  std::vector<f32> const dy = small_integers(shape.output_count(), 2);
  std::vector<i32> const index = max_pool(shape, small_integers(shape.input_count(), 1)).index;
  std::vector<f32> expected(static_cast<std::size_t>(shape.input_count()), 0.0f);
  for_each_pair(shape, [&](std::size_t to, std::size_t from) {
    if (index[to] == static_cast<i64>(from) / shape.c % (shape.h * shape.w)) expected[from] += dy[to];
  });
  EXPECT_TRUE(equal(max_pool_gradient(shape, dy, index), expected));
}

// Inputs are multiples of every divisor that can occur, so that all sums and quotients are exact.
TEST_P(Pool2d, AverageIsExactOnMultiples) {
  for (bool const count_padding : {true, false}) {
    std::vector<f32> counts(static_cast<std::size_t>(shape.output_count()), 0.0f);
    for_each_pair(shape, [&](std::size_t to, std::size_t) { counts[to] += 1; });
    if (count_padding) counts.assign(counts.size(), static_cast<f32>(shape.r * shape.s));
    constexpr f32 multiple = 2 * 2 * 2 * 3 * 3 * 5;
    std::vector<f32> x = small_integers(shape.input_count(), 3), dy = small_integers(shape.output_count(), 4);
    for (f32& value : x) value *= multiple;
    for (f32& value : dy) value *= multiple;
    std::vector<f32> sums(dy.size(), 0.0f), dx(x.size(), 0.0f);
    for_each_pair(shape, [&](std::size_t to, std::size_t from) {
      sums[to] += x[from];
      dx[from] += dy[to] / counts[to];
    });
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] /= counts[i];
    EXPECT_TRUE(equal(average_pool(shape, count_padding, x), sums));
    EXPECT_TRUE(equal(average_pool_gradient(shape, count_padding, dy), dx));
  }
}

TEST_P(Pool2d, SameBitsOnAnyThreads) {
  std::vector<f32> const x = uniform(shape.input_count(), 5), dy = uniform(shape.output_count(), 6);
  EXPECT_TRUE(same_bits_on_any_threads([&] { return max_pool(shape, x).y; }));
  EXPECT_TRUE(same_bits_on_any_threads([&] { return max_pool_gradient(shape, dy, max_pool(shape, x).index); }));
  EXPECT_TRUE(same_bits_on_any_threads([&] { return average_pool(shape, false, x); }));
  EXPECT_TRUE(same_bits_on_any_threads([&] { return average_pool_gradient(shape, false, dy); }));
  EXPECT_TRUE(same_bits_on_any_threads([&] { return global_average(shape.n, shape.h * shape.w, shape.c, x); }));
}

INSTANTIATE_TEST_SUITE_P(Cases, Pool2d, ::testing::ValuesIn(pool2d_cases()),
                         [](auto const& test) { return test.param.name; });

/// The derivative of sum dy * f(x) along element i. With inputs that are integers 4 apart and steps of 1 no winner
/// changes, so that every pooling is linear in between.
template <class Forward>
double slope(std::vector<f32> x, std::vector<f32> const& dy, std::size_t i, Forward const& forward) {
  auto const loss = [&] {
    std::vector<f32> const y = forward(x);
    double sum = 0;
    for (std::size_t at = 0; at < y.size(); ++at) sum += static_cast<double>(y[at]) * dy[at];
    return sum;
  };
  f32 const value = x[i];
  x[i] = value + 1;
  double const above = loss();
  x[i] = value - 1;
  return (above - loss()) / 2;
}

TEST(Pool2dGradients, AreFiniteDifferences) {
  Pool2dShape const s = {
      .n = 1, .h = 6, .w = 6, .c = 2, .r = 3, .s = 3, .stride_h = 2, .stride_w = 2, .padding = {1, 1, 1, 1}};
  std::vector<f32> x(static_cast<std::size_t>(s.input_count()));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<f32>(4 * (i * 31 % x.size()));  // all different
  std::vector<f32> const dy = small_integers(s.output_count(), 7);
  std::vector<f32> const dmax = max_pool_gradient(s, dy, max_pool(s, x).index);
  std::vector<f32> const dinside = average_pool_gradient(s, false, dy);
  std::vector<f32> const dpadded = average_pool_gradient(s, true, dy);
  std::vector<f32> const dy_global = small_integers(s.c, 8);
  std::vector<f32> const dglobal = global_average_gradient(s.n, s.h * s.w, s.c, dy_global);
  // 18 outputs with |y| < 288 and |dy| <= 3, each rounded once: a loss is off by less than 18 * 3 * 288 * 2^-24. The
  // gradients are sums of at most 4 quotients, with far smaller errors.
  constexpr double noise = 0.001;
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_EQ(slope(x, dy, i, [&](auto const& v) { return max_pool(s, v).y; }), dmax[i]);
    EXPECT_NEAR(slope(x, dy, i, [&](auto const& v) { return average_pool(s, false, v); }), dinside[i], noise);
    EXPECT_NEAR(slope(x, dy, i, [&](auto const& v) { return average_pool(s, true, v); }), dpadded[i], noise);
    EXPECT_NEAR(slope(x, dy_global, i, [&](auto const& v) { return global_average(1, 36, 2, v); }), dglobal[i], noise);
  }
}

TEST(MaxPool, PaddingNeverWinsAndNaNDoes) {
  f32 const nan = std::numeric_limits<f32>::quiet_NaN(), infinity = std::numeric_limits<f32>::infinity();
  Pool2dShape const s = {.n = 1, .h = 1, .w = 6, .c = 1, .r = 1, .s = 3, .stride_w = 3, .padding = {0, 0, 1, 1}};
  MaxPoolResult const negative = max_pool(s, {-2, -1, -5, -4, -6, -7});
  EXPECT_TRUE(equal(negative.y, {-1, -4}));
  EXPECT_EQ(negative.index, (std::vector<i32>{1, 3}));
  MaxPoolResult const special = max_pool(s, {-infinity, -infinity, nan, infinity, nan, 1});
  EXPECT_TRUE(equal(special.y, {-infinity, nan}));
  EXPECT_EQ(special.index, (std::vector<i32>{0, 2}));
}

}  // namespace
}  // namespace heddle::testing
