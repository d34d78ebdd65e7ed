// Convolutions that are matrix products: the sums of parts of the pixels, and what the path refuses. Small ones are
// among the cases of all convolutions.
#include <gtest/gtest.h>

#include "kernels/conv/conv2d_product.h"
#include "tests/kernels/conv/conv2d_cases.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

/// Of 2048 pixels, which are two parts.
TEST(Conv2dProduct, AddsPartsOfThePixels) {
  Conv2dCase const c = {"parts", {.n = 2, .h = 32, .w = 32, .c = 8, .k = 16}};
  ASSERT_EQ(product_parts(c.shape), 2);
  for (int const architecture : {80, 90})
    test_emulated(Conv2dPass<bench::Conv2dBackwardFilterSample>(c), {.architecture = architecture});
}

/// Parts have one size.
TEST(Conv2dProduct, PartsDivideThePixels) {
  EXPECT_EQ(product_parts({.n = 3, .h = 27, .w = 27, .c = 8, .k = 8}), 1);
  EXPECT_EQ(product_parts({.n = 256, .h = 56, .w = 56, .c = 64, .k = 64}), 256);
  EXPECT_EQ(product_parts({.n = 0, .h = 5, .w = 5, .c = 8, .k = 8}), 1);
}

TEST(Conv2dPaths, RefuseWhatTheyDoNotTake) {
  Conv2dShape const shape = {.n = 1, .h = 4, .w = 4, .c = 2, .k = 2, .r = 3, .s = 3};
  std::vector<f32> x(32), filter(36), y(8);
  auto const refusal = [&](ConvPath path) {
    return error_of([&] {
      emulated::conv2d_forward<f32>(
          {.shape = shape, .x = x.data(), .filter = filter.data(), .y = y.data(), .choice = {path}}, {});
    });
  };
  EXPECT_EQ(
      refusal(ConvPath::depthwise),
      "[conv2d_forward] the kernel asked for does not take this convolution here: path=depthwise, config=0; leave "
      "the choice to conv2d_forward");
  EXPECT_EQ(refusal(ConvPath::gemm),
            "[conv2d_forward] the kernel asked for does not take this convolution here: path=gemm, config=0; leave the "
            "choice to conv2d_forward");
}

}  // namespace
}  // namespace heddle::testing
