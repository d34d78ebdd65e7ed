// The CPU convolution against PyTorch in double precision.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/kernels/conv/conv2d_reference.h"
#include "tests/kernels/conv/conv2d_results.h"
#include "tests/support/compare.h"
#include "tests/support/fixture.h"

namespace heddle::testing {
namespace {

Conv2dShape shape_of(std::vector<i32> const& v) {
  return {.n = v.at(0),
          .h = v.at(1),
          .w = v.at(2),
          .c = v.at(3),
          .k = v.at(4),
          .r = v.at(5),
          .s = v.at(6),
          .stride_h = v.at(7),
          .stride_w = v.at(8),
          .dilation_h = v.at(9),
          .dilation_w = v.at(10),
          .padding = {v.at(11), v.at(12), v.at(13), v.at(14)},
          .groups = v.at(15)};
}

std::vector<double> magnitudes(std::vector<f32> const& values) {
  std::vector<double> result = as_double(values);
  for (double& value : result) value = std::abs(value);
  return result;
}

/// accumulation_bound with the sum of |a| |b| of each element.
Bound bound(i64 products, std::vector<double> const& magnitude) {
  return [=, &magnitude](std::size_t i, double reference) {
    return accumulation_bound<f32>(products, magnitude[i])(i, reference);
  };
}

class Conv2dFixture : public ::testing::TestWithParam<std::string> {};

TEST_P(Conv2dFixture, AllDirections) {
  nn::TensorFile const file = fixture("conv2d");
  auto const get = [&](char const* name) { return values(file, GetParam() + "." + name); };
  Conv2dShape const s = shape_of(file.at(GetParam() + ".shape").to_vector<i32>());
  Conv2dInputs const in = {s, get("x"), get("filter"), get("dy")};
  ASSERT_EQ(std::ssize(in.x), s.input_count());
  ASSERT_EQ(std::ssize(in.filter), s.filter_count());
  ASSERT_EQ(std::ssize(in.dy), s.output_count());

  Conv2dResults const out = run_cpu(in);
  Conv2dReference const size(s, magnitudes(in.x), magnitudes(in.filter), magnitudes(in.dy));
  EXPECT_TRUE(within(out.y, get("y"), bound(s.r * s.s * s.c / s.groups, size.y)));
  EXPECT_TRUE(within(out.dx, get("dx"), bound(s.r * s.s * s.k / s.groups, size.dx)));
  EXPECT_TRUE(within(out.dfilter, get("dfilter"), bound(s.n * s.p() * s.q(), size.dfilter)));
}

INSTANTIATE_TEST_SUITE_P(PyTorch, Conv2dFixture,
                         ::testing::Values("pointwise", "pointwise_stride_2", "valid", "same", "gray_stem", "rgb_stem",
                                           "stem_7x7", "stride_2", "stride_3", "even_filter", "asymmetric", "dilated",
                                           "dilated_stride_2", "two_groups", "depthwise", "depthwise_stride_2"),
                         [](auto const& test) { return test.param; });

}  // namespace
}  // namespace heddle::testing
