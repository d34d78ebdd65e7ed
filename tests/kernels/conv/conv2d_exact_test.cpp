// The CPU convolution against its definition where arithmetic is exact: small integers.
#include <gtest/gtest.h>

#include "tests/kernels/conv/conv2d_reference.h"
#include "tests/kernels/conv/conv2d_results.h"
#include "tests/support/cases_conv2d.h"
#include "tests/support/compare.h"
#include "tests/support/fill.h"
#include "tests/support/threads.h"

namespace heddle::testing {
namespace {

Conv2dInputs integers(Conv2dShape const& s) {
  return {s, small_integers(s.input_count(), 1), small_integers(s.filter_count(), 2),
          small_integers(s.output_count(), 3)};
}

class Conv2dExact : public ::testing::TestWithParam<Conv2dCase> {};

TEST_P(Conv2dExact, AllDirections) {
  Conv2dInputs const in = integers(GetParam().shape);
  Conv2dResults const out = run_cpu(in);
  Conv2dReference const reference(in.shape, as_double(in.x), as_double(in.filter), as_double(in.dy));
  auto const exact = [](std::size_t, double) { return 0.0; };
  EXPECT_TRUE(within(out.y, reference.y, exact));
  EXPECT_TRUE(within(out.dx, reference.dx, exact));
  EXPECT_TRUE(within(out.dfilter, reference.dfilter, exact));
}

TEST_P(Conv2dExact, SameBitsOnAnyThreads) {
  Conv2dShape const& s = GetParam().shape;
  Conv2dInputs const in = {s, uniform(s.input_count(), 4), uniform(s.filter_count(), 5), uniform(s.output_count(), 6)};
  EXPECT_TRUE(same_bits_on_any_threads([&] {
    Conv2dResults out = run_cpu(in);
    out.y.insert(out.y.end(), out.dx.begin(), out.dx.end());
    out.y.insert(out.y.end(), out.dfilter.begin(), out.dfilter.end());
    return out.y;
  }));
}

// The loss sum dy * y is linear in each input alone, so with integers a central difference is its exact derivative.
TEST_P(Conv2dExact, GradientsAreFiniteDifferences) {
  Conv2dInputs in = integers(GetParam().shape);
  Conv2dResults const gradients = run_cpu(in);
  auto const loss = [&] {
    std::vector<f32> y(in.dy.size());
    cpu::conv2d_forward<f32>({.shape = in.shape, .x = in.x.data(), .filter = in.filter.data(), .y = y.data()}, {});
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) sum += static_cast<double>(y[i]) * in.dy[i];
    return sum;
  };
  auto const check = [&](std::vector<f32>& input, std::vector<f32> const& gradient) {
    for (std::size_t i = 0; i < input.size(); i += 1 + input.size() / 7) {
      f32 const value = input[i];
      input[i] = value + 1;
      double const above = loss();
      input[i] = value - 1;
      double const below = loss();
      input[i] = value;
      EXPECT_EQ((above - below) / 2, gradient[i]) << "element " << i;
    }
  };
  check(in.x, gradients.dx);
  check(in.filter, gradients.dfilter);
}

INSTANTIATE_TEST_SUITE_P(Cases, Conv2dExact, ::testing::ValuesIn(conv2d_cases()),
                         [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace heddle::testing
