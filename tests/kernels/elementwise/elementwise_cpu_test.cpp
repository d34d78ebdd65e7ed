// Against PyTorch in double precision, and against the definition: small integers make every result exact, so that any
// order of addition must give the same bits.
#include "kernels/elementwise/chain.h"
#include "kernels/elementwise/elementwise.h"

#include <cmath>
#include <numeric>

#include "tests/support/cases_elementwise.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"
#include "tests/support/fixture.h"
#include "tests/support/threads.h"

namespace heddle::testing {
namespace {

std::vector<f32> poison(i64 count) { return std::vector<f32>(static_cast<std::size_t>(count), NAN); }

TEST(Elementwise, AgreesWithPyTorch) {
  auto const file = fixture("elementwise");
  auto const a = values(file, "a"), b = values(file, "b"), dc = values(file, "dc"), bias = values(file, "bias");
  i64 const count = std::ssize(a), columns = std::ssize(bias), rows = count / columns;
  auto sum = poison(count), scaled = sum, biased = sum, dbias = poison(columns);
  cpu::add<f32>({.count = count, .alpha = 0.75f, .a = a.data(), .beta = -1.5f, .b = b.data(), .out = sum.data()}, {});
  cpu::scale<f32>({.count = count, .scale = -1.5f, .x = a.data(), .y = scaled.data()}, {});
  cpu::chain_forward<f32>({.rows = rows, .columns = columns, .x = a.data(), .bias = bias.data(), .y = biased.data()},
                          {});
  cpu::chain_backward<f32>({.rows = rows, .columns = columns, .dy = dc.data(), .dbias = dbias.data()}, {});
  // One rounding here and one in the fixture; in the weighted sum, also those of its two products.
  constexpr double u = 0x1p-24;
  Bound const rounded_twice = close_bound(2.01 * u, 0);
  EXPECT_TRUE(within(sum, values(file, "sum"), [&](std::size_t i, double reference) {
    return 2.01 * u * std::abs(reference) + 1.01 * u * (0.75 * std::abs(a[i]) + 1.5 * std::abs(b[i]));
  }));
  EXPECT_TRUE(within(scaled, values(file, "scaled"), rounded_twice));
  EXPECT_TRUE(within(biased, values(file, "biased"), rounded_twice));
  EXPECT_TRUE(within(dbias, values(file, "dbias"), rounded_twice));
}

// The loss sum dy * (x + bias) is linear in the bias, so with integers a central difference is its exact derivative.
TEST(Bias, GradientIsAFiniteDifference) {
  i64 const rows = 23, columns = 11;
  auto const x = small_integers(rows * columns, 10), dy = small_integers(rows * columns, 11);
  auto bias = small_integers(columns, 12), dbias = poison(columns), y = poison(rows * columns);
  cpu::chain_backward<f32>({.rows = rows, .columns = columns, .dy = dy.data(), .dbias = dbias.data()}, {});
  auto const loss = [&] {
    cpu::chain_forward<f32>({.rows = rows, .columns = columns, .x = x.data(), .bias = bias.data(), .y = y.data()}, {});
    return std::inner_product(y.begin(), y.end(), dy.begin(), 0.0);
  };
  for (std::size_t j = 0; j < bias.size(); ++j) {
    bias[j] += 1;
    double const above = loss();
    bias[j] -= 2;
    EXPECT_EQ((above - loss()) / 2, dbias[j]) << "column " << j;
    bias[j] += 1;
  }
}

TEST(Elementwise, RefusesNegativeSizesAndNull) {
  f32 some = 0;
  EXPECT_EQ(error_of([] { cpu::add<f32>({.count = -1}, {}); }), "[add] sizes must not be negative: count=-1");
  EXPECT_EQ(error_of([&] { cpu::add<f32>({.count = 3, .a = &some, .out = &some}, {}); }),
            "[add] b is null, but has 3 elements");
  EXPECT_EQ(error_of([&] { cpu::scale<f32>({.count = 3, .x = &some}, {}); }), "[scale] y is null, but has 3 elements");
  EXPECT_EQ(error_of([&] { cpu::chain_forward<f32>({.rows = 2, .columns = 3, .x = &some}, {}); }),
            "[chain_forward] y is null, but has 6 elements");
  EXPECT_EQ(error_of([] { cpu::chain_backward<f32>({.rows = -2, .columns = 3}, {}); }),
            "[chain_backward] sizes must not be negative: rows=-2, columns=3");
  EXPECT_EQ(error_of([] { cpu::chain_backward<f32>({.rows = 2, .columns = 3}, {}); }),
            "[chain_backward] dy is null, but has 6 elements");
  EXPECT_NO_THROW(cpu::add<f32>({}, {}));
}

TEST(Add, IsTheWeightedSum) {
  for (i64 const count : element_counts) {
    auto const a = small_integers(count, 1), b = small_integers(count, 2);
    auto out = poison(count), expected = out;
    for (std::size_t i = 0; i < out.size(); ++i) expected[i] = 2 * a[i] - 3 * b[i];
    cpu::add<f32>({.count = count, .alpha = 2, .a = a.data(), .beta = -3, .b = b.data(), .out = out.data()}, {});
    EXPECT_TRUE(equal(out, expected)) << count;
  }
}

TEST(Add, WritesOverEitherInput) {
  i64 const count = 5003;
  auto const a = small_integers(count, 1), b = small_integers(count, 2);
  auto expected = a;
  for (std::size_t i = 0; i < a.size(); ++i) expected[i] = a[i] + b[i];
  auto first = a, second = b;
  cpu::add<f32>({.count = count, .a = first.data(), .b = b.data(), .out = first.data()}, {});
  cpu::add<f32>({.count = count, .a = a.data(), .b = second.data(), .out = second.data()}, {});
  EXPECT_TRUE(equal(first, expected));
  EXPECT_TRUE(equal(second, expected));
}

TEST(Scale, MultipliesInPlaceAndElsewhere) {
  for (i64 const count : element_counts) {
    auto x = small_integers(count, 3);
    auto y = poison(count), expected = y;
    for (std::size_t i = 0; i < x.size(); ++i) expected[i] = -1.5f * x[i];
    cpu::scale<f32>({.count = count, .scale = -1.5f, .x = x.data(), .y = y.data()}, {});
    EXPECT_TRUE(equal(y, expected)) << count;
    cpu::scale<f32>({.count = count, .scale = -1.5f, .x = x.data(), .y = x.data()}, {});
    EXPECT_TRUE(equal(x, expected)) << count;
  }
}

TEST(Bias, IsAddedToEveryRow) {
  for (auto const [rows, columns] : matrix_sizes) {
    auto x = small_integers(rows * columns, 4);
    auto const bias = small_integers(columns, 5);
    auto y = poison(rows * columns), expected = y;
    for (std::size_t i = 0; i < x.size(); ++i) expected[i] = x[i] + bias[i % static_cast<std::size_t>(columns)];
    cpu::chain_forward<f32>({.rows = rows, .columns = columns, .x = x.data(), .bias = bias.data(), .y = y.data()}, {});
    EXPECT_TRUE(equal(y, expected)) << rows << " x " << columns;
    cpu::chain_forward<f32>({.rows = rows, .columns = columns, .x = x.data(), .bias = bias.data(), .y = x.data()}, {});
    EXPECT_TRUE(equal(x, expected)) << rows << " x " << columns << " in place";
  }
}

TEST(Bias, GradientSumsEveryColumn) {
  for (auto const [rows, columns] : matrix_sizes) {
    auto const dy = small_integers(rows * columns, 6);
    auto dbias = poison(columns);
    std::vector<f32> expected(dbias.size(), 0.0f);
    for (std::size_t i = 0; i < dy.size(); ++i) expected[i % expected.size()] += dy[i];
    cpu::chain_backward<f32>({.rows = rows, .columns = columns, .dy = dy.data(), .dbias = dbias.data()}, {});
    EXPECT_TRUE(equal(dbias, expected)) << rows << " x " << columns;
  }
}

// In double, a sum of 100000 values loses nothing that f32 could show: one rounding at the end is left.
TEST(Bias, GradientOfManyRowsIsRoundedOnce) {
  i64 const rows = 100000, columns = 7;
  auto const dy = uniform(rows * columns, 7, 0.25f, 1);
  auto dbias = poison(columns);
  std::vector<double> expected(dbias.size(), 0.0);
  for (std::size_t i = 0; i < dy.size(); ++i) expected[i % expected.size()] += dy[i];
  cpu::chain_backward<f32>({.rows = rows, .columns = columns, .dy = dy.data(), .dbias = dbias.data()}, {});
  EXPECT_TRUE(within(dbias, expected, close_bound(0x1.001p-24, 0)));
}

TEST(Elementwise, DoesNotDependOnThreads) {
  i64 const rows = 5001, columns = 37, count = rows * columns;
  auto const x = uniform(count, 8), b = uniform(count, 9);
  EXPECT_TRUE(same_bits_on_any_threads([&] {
    auto y = poison(count);
    cpu::add<f32>({.count = count, .alpha = 0.3f, .a = x.data(), .beta = 0.7f, .b = b.data(), .out = y.data()}, {});
    return y;
  }));
  EXPECT_TRUE(same_bits_on_any_threads([&] {
    auto dbias = poison(columns);
    cpu::chain_backward<f32>({.rows = rows, .columns = columns, .dy = x.data(), .dbias = dbias.data()}, {});
    return dbias;
  }));
}

TEST(Elementwise, PassesNanOn) {
  std::vector<f32> const x = {1, NAN, 3, 4};
  auto y = x, dbias = poison(2);
  cpu::scale<f32>({.count = 4, .scale = 0, .x = x.data(), .y = y.data()}, {});
  EXPECT_TRUE(equal(y, {0, NAN, 0, 0}));
  cpu::chain_backward<f32>({.rows = 2, .columns = 2, .dy = x.data(), .dbias = dbias.data()}, {});
  EXPECT_TRUE(equal(dbias, {4, NAN}));
}

}  // namespace
}  // namespace heddle::testing
