// The matrix product on the CPU, against its definition and PyTorch.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/gemm/gemm.h"
#include "tests/support/cases_gemm.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"
#include "tests/support/fixture.h"
#include "tests/support/threads.h"

namespace heddle::testing {
namespace {

struct Problem {
  GemmArgs<f32> args;
  std::vector<f32> a, b, c;
};

using Fill = std::vector<f32> (*)(i64 count, u64 seed);
std::vector<f32> fill_integers(i64 count, u64 seed) { return small_integers(count, seed); }
std::vector<f32> fill_uniform(i64 count, u64 seed) { return uniform(count, seed); }

/// With beta = 0 the output holds NaN, which must not come through.
Problem make(GemmCase const& p, Fill fill) {
  i64 const lda = (p.transpose_a ? p.m : p.k) + p.extra;
  i64 const ldb = (p.transpose_b ? p.k : p.n) + p.extra;
  i64 const ldc = p.n + p.extra;
  Problem result;
  result.a = fill((p.transpose_a ? p.k : p.m) * lda + 1, 1);
  result.b = fill((p.transpose_b ? p.n : p.k) * ldb + 1, 2);
  result.c = fill(p.m * ldc + 1, 3);
  if (p.beta == 0) result.c.assign(result.c.size(), std::numeric_limits<f32>::quiet_NaN());
  result.args = {.m = p.m,
                 .n = p.n,
                 .k = p.k,
                 .transpose_a = p.transpose_a,
                 .transpose_b = p.transpose_b,
                 .alpha = p.alpha,
                 .beta = p.beta,
                 .lda = lda,
                 .ldb = ldb,
                 .ldc = ldc,
                 .ldd = ldc};
  return result;
}

std::vector<f32> run(Problem const& problem) {
  std::vector<f32> c = problem.c;
  GemmArgs<f32> args = problem.args;
  args.a = problem.a.data();
  args.b = problem.b.data();
  args.c = args.d = c.data();
  cpu::gemm(args, {});
  return c;
}

/// The definition; elements of c between its rows stay as they are.
std::vector<double> reference(Problem const& problem) {
  auto const& [g, a, b, c] = problem;
  std::vector<double> result = as_double(c);
  for (i64 i = 0; i < g.m; ++i)
    for (i64 j = 0; j < g.n; ++j) {
      double sum = 0;
      for (i64 l = 0; l < g.k; ++l)
        sum += static_cast<double>(a[static_cast<std::size_t>(g.transpose_a ? l * g.lda + i : i * g.lda + l)]) *
               b[static_cast<std::size_t>(g.transpose_b ? j * g.ldb + l : l * g.ldb + j)];
      double& element = result[static_cast<std::size_t>(i * g.ldc + j)];
      element = g.alpha * sum + (g.beta == 0 ? 0 : g.beta * element);
    }
  return result;
}

class Gemm : public ::testing::TestWithParam<GemmCase> {};

TEST_P(Gemm, ExactOnIntegers) {
  Problem const problem = make(GetParam(), fill_integers);
  EXPECT_TRUE(within(run(problem), reference(problem), [](std::size_t, double) { return 0.0; }));
}

TEST_P(Gemm, SameBitsOnAnyThreads) {
  Problem const problem = make(GetParam(), fill_uniform);
  EXPECT_TRUE(same_bits_on_any_threads([&] { return run(problem); }));
}

INSTANTIATE_TEST_SUITE_P(Cases, Gemm, ::testing::ValuesIn(gemm_cases()),
                         [](auto const& test) { return test.param.name; });

class GemmFixture : public ::testing::TestWithParam<std::string> {};

TEST_P(GemmFixture, MatchesPyTorch) {
  nn::TensorFile const file = fixture("gemm");
  auto const get = [&](char const* name) { return values(file, GetParam() + "." + name); };
  std::vector<i32> const sizes = file.at(GetParam() + ".sizes").to_vector<i32>();
  std::vector<f32> const scales = get("scales");
  GemmCase const sized = {.name = GetParam(),
                          .m = sizes.at(0),
                          .n = sizes.at(1),
                          .k = sizes.at(2),
                          .transpose_a = sizes.at(3) != 0,
                          .transpose_b = sizes.at(4) != 0,
                          .alpha = scales.at(0),
                          .beta = scales.at(1)};
  Problem problem = make(sized, fill_uniform);
  problem.a = get("a");
  problem.b = get("b");
  problem.c = get("c");

  Problem absolute = problem;
  for (auto* values : {&absolute.a, &absolute.b, &absolute.c})
    for (f32& value : *values) value = std::abs(value);
  absolute.args.alpha = std::abs(absolute.args.alpha);
  std::vector<double> const magnitude = reference(absolute);
  // Two roundings more than the sum of products: alpha times it, and adding beta * c.
  EXPECT_TRUE(within(run(problem), get("result"), [&](std::size_t i, double expected) {
    return accumulation_bound<f32>(sized.k + 2, magnitude[i])(i, expected);
  }));
}

INSTANTIATE_TEST_SUITE_P(PyTorch, GemmFixture,
                         ::testing::Values("plain", "transpose_a", "transpose_b", "transpose_both", "accumulate"),
                         [](auto const& test) { return test.param; });

TEST(GemmArguments, Refusals) {
  f32 a[8] = {}, b[12] = {}, d[8] = {};
  auto const refusal = [&](auto&& change) {
    GemmArgs<f32> args = {.m = 2, .n = 3, .k = 4, .a = a, .lda = 4, .b = b, .ldb = 3, .d = d, .ldd = 3};
    change(args);
    return error_of([&] { cpu::gemm(args, {}); });
  };
  EXPECT_EQ(refusal([](auto& g) { g.m = -1; }), "[gemm] sizes must not be negative: m=-1, n=3, k=4, batch=1");
  EXPECT_EQ(refusal([](auto& g) { g.lda = 3; }), "[gemm] lda must be at least the length of a row of a: lda=3, row=4");
  EXPECT_EQ(refusal([](auto& g) { g.transpose_b = true; }),
            "[gemm] ldb must be at least the length of a row of b: ldb=3, row=4");
  EXPECT_EQ(refusal([](auto& g) { g.ldd = 0; }), "[gemm] ldd must be at least the length of a row of d: ldd=0, row=3");
  EXPECT_EQ(refusal([](auto& g) { g.a = nullptr; }), "[gemm] a is null, but has 2 x 4 elements");
  EXPECT_EQ(refusal([](auto& g) { g.d = nullptr; }), "[gemm] d is null, but has 2 x 3 elements");
  EXPECT_EQ(refusal([](auto& g) {
              g.beta = 1;
              g.ldc = 3;
            }),
            "[gemm] c is null, but has 2 x 3 elements");
  EXPECT_EQ(refusal([&](auto& g) { g.a = d; }), "[gemm] a overlaps d: give d memory of its own");
  EXPECT_EQ(refusal([&](auto& g) { g.b = d + 5; }), "[gemm] b overlaps d: give d memory of its own");
  EXPECT_EQ(refusal([&](auto& g) {
              g.beta = 1;
              g.c = d + 1;
              g.ldc = 3;
            }),
            "[gemm] c overlaps d, but is not d: ldc=3, ldd=3");
  EXPECT_EQ(refusal([](auto& g) {
              g.m = 1;
              g.lda = i64{1} << 40;
            }),
            "[gemm] leading dimensions are beyond what this BLAS can index: lda=1099511627776, ldb=3, ldd=3");
}

}  // namespace
}  // namespace heddle::testing
