#include "kernels/reduce/sum_of_squares.h"

#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "tests/support/cases_elementwise.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"
#include "tests/support/threads.h"

namespace heddle::testing {
namespace {

double sum_of_squares(std::vector<f32> const& x) {
  double sum = NAN;
  cpu::sum_of_squares({.count = static_cast<i64>(x.size()), .x = x.data(), .sum = &sum}, {});
  return sum;
}

TEST(SumOfSquares, IsExactOnSmallIntegersOfEverySize) {
  for (i64 const count : element_counts) {
    auto const x = small_integers(count, 1);
    i64 expected = 0;
    for (f32 const value : x) expected += static_cast<i64>(value * value);
    EXPECT_EQ(sum_of_squares(x), static_cast<double>(expected)) << count;
  }
}

TEST(SumOfSquares, LosesNothingWhereFloatWould) {
  // Beside 1e4^2, each of the other squares is below half a unit of f32.
  auto x = std::vector<f32>(100000, 1e-3f);
  x[0] = 1e4f;
  long double expected = 0;
  for (f32 const value : x) expected += static_cast<long double>(value) * value;
  // Square and sum in double: at most count roundings of 2^-53 each.
  EXPECT_NEAR(sum_of_squares(x), static_cast<double>(expected), 1e5 * 0x1p-53 * static_cast<double>(expected));
}

TEST(SumOfSquares, OfTheLargestFloatsDoesNotOverflow) {
  f32 const largest = std::numeric_limits<f32>::max();
  EXPECT_EQ(sum_of_squares({largest, -largest}), 2.0 * largest * largest);
}

TEST(SumOfSquares, ShowsNanAndInfinityAnywhere) {
  for (std::size_t const position : {0u, 15u, 8191u, 8192u, 20002u}) {
    auto x = uniform(20003, 2);
    x[position] = NAN;
    EXPECT_TRUE(std::isnan(sum_of_squares(x))) << position;
    x[position] = -HUGE_VALF;
    EXPECT_EQ(sum_of_squares(x), HUGE_VAL) << position;
  }
}

TEST(SumOfSquares, RefusesNegativeSizesAndNull) {
  double sum = 0;
  EXPECT_EQ(error_of([&] { cpu::sum_of_squares({.count = -100000, .sum = &sum}, {}); }),
            "[sum_of_squares] sizes must not be negative: count=-100000");
  EXPECT_EQ(error_of([&] { cpu::sum_of_squares({.count = 2, .sum = &sum}, {}); }),
            "[sum_of_squares] x is null, but has 2 elements");
  EXPECT_EQ(error_of([] { cpu::sum_of_squares({}, {}); }), "[sum_of_squares] sum is null, but has 1 elements");
}

TEST(SumOfSquares, DoesNotDependOnThreads) {
  auto const x = uniform(123457, 3);
  EXPECT_TRUE(same_bits_on_any_threads([&] {
    auto const halves = std::bit_cast<std::array<f32, 2>>(sum_of_squares(x));
    return std::vector<f32>(halves.begin(), halves.end());
  }));
}

}  // namespace
}  // namespace heddle::testing
