#include "ops/conv_transpose2d.h"

#include <gtest/gtest.h>

#include "ops/linear.h"
#include "ops/reshape.h"
#include "ops/tape.h"
#include "tests/support/compare.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"

namespace heddle {
namespace {

struct Sizes {
  i64 n, p, q, k, r, s, c;  // of all groups
};

/// Calls visit(x's index, filter's index, y's index) for every product that the definition scatters into y [n, h, w,
/// c].
template <class Visit>
void for_each_scattered(Sizes const& z, ops::Conv2dOptions const& o, i64 h, i64 w, Visit const& visit) {
  i64 const of_group = z.c / o.groups;
  for (i64 n = 0; n < z.n; ++n)
    for (i64 i = 0; i < z.p; ++i)
      for (i64 j = 0; j < z.q; ++j)
        for (i64 k = 0; k < z.k; ++k)
          for (i64 r = 0; r < z.r; ++r)
            for (i64 s = 0; s < z.s; ++s)
              for (i64 c = 0; c < of_group; ++c) {
                i64 const row = i * o.stride_h + r * o.dilation_h - o.padding.top;
                i64 const column = j * o.stride_w + s * o.dilation_w - o.padding.left;
                if (row < 0 || row >= h || column < 0 || column >= w) continue;
                i64 const channel = k / (z.k / o.groups) * of_group + c;
                visit(static_cast<std::size_t>(((n * z.p + i) * z.q + j) * z.k + k),
                      static_cast<std::size_t>(((k * z.r + r) * z.s + s) * of_group + c),
                      static_cast<std::size_t>(((n * h + row) * w + column) * z.c + channel));
              }
}

/// y, and the gradients of the sum of dy * y: of a function that is linear in x and in the filter, so that these are
/// exact.
void expect_definition(Sizes const& z, ops::ConvTranspose2dOptions const& options, i64 h, i64 w) {
  i64 const of_group = z.c / options.convolution.groups;
  std::vector<f32> const x = testing::uniform(z.n * z.p * z.q * z.k, 1);
  std::vector<f32> const filter = testing::uniform(z.k * z.r * z.s * of_group, 2);
  std::vector<f32> const dy = testing::uniform(z.n * h * w * z.c, 3);
  std::vector<double> y(dy.size()), dx(x.size()), dfilter(filter.size());
  for_each_scattered(z, options.convolution, h, w, [&](std::size_t at_x, std::size_t at_filter, std::size_t at_y) {
    y[at_y] += static_cast<double>(x[at_x]) * filter[at_filter];
    dx[at_x] += static_cast<double>(dy[at_y]) * filter[at_filter];
    dfilter[at_filter] += static_cast<double>(dy[at_y]) * x[at_x];
  });

  Tensor const input = Tensor::from(x, {z.n, z.p, z.q, z.k}).set_requires_gradient(true);
  Tensor const weight = Tensor::from(filter, {z.k, z.r, z.s, of_group}).set_requires_gradient(true);
  Tape tape;
  Tensor const result = ops::conv_transpose2d(input, weight, options);
  ASSERT_EQ(result.shape(), (Shape{z.n, h, w, z.c}));
  i64 const count = result.shape().count();
  tape.backward(ops::reshape(ops::linear(ops::reshape(result, {1, count}), Tensor::from(dy, {1, count})), {}));

  // Of no sum more products than of a filter's element.
  auto const bound = testing::accumulation_bound<f32>(z.n * z.p * z.q, static_cast<double>(z.n * z.p * z.q));
  EXPECT_TRUE(testing::within(result.to_vector<f32>(), y, bound));
  EXPECT_TRUE(testing::within(input.gradient().to_vector<f32>(), dx, bound));
  EXPECT_TRUE(testing::within(weight.gradient().to_vector<f32>(), dfilter, bound));
}

TEST(ConvTranspose2d, IsTheDefinition) {
  expect_definition({2, 4, 5, 3, 3, 3, 4}, {}, 6, 7);
  expect_definition({2, 4, 5, 6, 4, 4, 8}, {{.stride_h = 2, .stride_w = 2, .padding = {1, 1, 1, 1}}}, 8, 10);
}

TEST(ConvTranspose2d, TakesEveryOption) {
  ops::Conv2dOptions const options = {
      .stride_h = 3, .stride_w = 2, .dilation_h = 1, .dilation_w = 2, .padding = {1, 0, 2, 1}, .groups = 2};
  // (5 - 1) 3 - 1 + (3 - 1) + 1 + 2, and (4 - 1) 2 - 3 + 2 (2 - 1) + 1 + 1.
  expect_definition({2, 5, 4, 4, 3, 2, 6}, {options, 2, 1}, 16, 7);
}

TEST(ConvTranspose2d, OfEachChannelByItself) {
  ops::Conv2dOptions const options = {.stride_h = 2, .stride_w = 2, .padding = {1, 1, 1, 1}, .groups = 6};
  expect_definition({2, 4, 3, 6, 3, 3, 6}, {options, 1, 1}, 8, 6);
}

TEST(ConvTranspose2d, RefusesWhatItCannotMean) {
  Tensor const x = Tensor::zeros({1, 4, 4, 3}), filter = Tensor::zeros({3, 3, 3, 2});
  EXPECT_EQ(testing::error_of([&] {
              ops::conv_transpose2d(Tensor::zeros({4, 4, 3}), filter);
            }),
            "[conv_transpose2d] x must be [n, p, q, k]: [4, 4, 3]");
  EXPECT_EQ(testing::error_of([&] {
              ops::conv_transpose2d(x, Tensor::zeros({2, 3, 3, 3}));
            }),
            "[conv_transpose2d] the filter's first axis must be the channels of x: 2, x has 3");
  EXPECT_EQ(testing::error_of([&] {
              ops::conv_transpose2d(x, filter, {{}, 1, 0});
            }),
            "[conv_transpose2d] output padding must be at least 0 and below the stride: output_padding_h=1, "
            "stride_h=1");
  EXPECT_EQ(
      testing::error_of([&] {
        ops::conv_transpose2d(x, filter, {{.padding = {3, 3, 0, 0}}});
      }),
      "[conv_transpose2d] y would have no pixels along h: x has 4, filter=3, padding=6 (both sides); less padding "
      "leaves some");
  EXPECT_EQ(testing::error_of([&] { ops::conv_transpose2d(x, filter, {{.groups = 2}}); }),
            "[conv2d] groups must divide k: k=3, groups=2");
}

}  // namespace
}  // namespace heddle
