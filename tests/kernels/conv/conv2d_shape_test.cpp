#include <gtest/gtest.h>

#include "kernels/conv/conv2d.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

Conv2dShape const fine = {.n = 2, .h = 8, .w = 8, .c = 30, .k = 8, .r = 3, .s = 3, .padding = {1, 1, 1, 1}};

std::string refusal(Conv2dShape const& shape) {
  return error_of([&] { check_shape(shape); });
}

TEST(Conv2dShape, OutputSize) {
  Conv2dShape const s = {.n = 1,
                         .h = 10,
                         .w = 7,
                         .c = 1,
                         .k = 1,
                         .r = 3,
                         .s = 2,
                         .stride_h = 2,
                         .stride_w = 3,
                         .dilation_h = 2,
                         .padding = {1, 0, 2, 1}};
  EXPECT_EQ(s.p(), 4);  // (10 + 1 - 5) / 2 + 1
  EXPECT_EQ(s.q(), 3);  // (7 + 3 - 2) / 3 + 1
  EXPECT_NO_THROW(check_shape(s));
}

TEST(Conv2dShape, Refusals) {
  EXPECT_NO_THROW(check_shape(fine));
  auto const with = [](auto&& change) {
    Conv2dShape shape = fine;
    change(shape);
    return refusal(shape);
  };
  EXPECT_EQ(with([](auto& s) { s.groups = 4; }), "[conv2d] groups must divide c: c=30, groups=4");
  EXPECT_EQ(with([](auto& s) { s.groups = 3; }), "[conv2d] groups must divide k: k=8, groups=3");
  EXPECT_EQ(with([](auto& s) { s.groups = 0; }), "[conv2d] groups must be positive: groups=0");
  EXPECT_EQ(with([](auto& s) { s.stride_w = 0; }), "[conv2d] strides must be positive: stride_h=1, stride_w=0");
  EXPECT_EQ(with([](auto& s) { s.dilation_h = -1; }),
            "[conv2d] dilations must be positive: dilation_h=-1, dilation_w=1");
  EXPECT_EQ(with([](auto& s) { s.k = -1; }), "[conv2d] the number of filters must not be negative: k=-1");
  EXPECT_EQ(with([](auto& s) { s.r = 0; }), "[conv2d] a filter needs at least one tap along h and w: r=0, s=3");
  EXPECT_EQ(with([](auto& s) { s.n = -2; }), "[conv2d] input sizes must not be negative: n=-2, h=8, w=8, c=30");
  EXPECT_EQ(with([](auto& s) { s.padding.left = -1; }),
            "[conv2d] padding must not be negative: top=1, bottom=1, left=-1, right=1");
  EXPECT_EQ(with([](auto& s) { s.s = 11; }),
            "[conv2d] the filter does not fit into the padded input along w: size=8, padding=2 (both sides), "
            "filter=11, dilation=1");
  EXPECT_EQ(with([](auto& s) {
              s.h = 0;
              s.r = 1;
              s.padding = {};
            }),
            "[conv2d] the filter does not fit into the padded input along h: size=0, padding=0 (both sides), "
            "filter=1, dilation=1");
}

TEST(Conv2dArguments, NullIsRefusedUnlessEmpty) {
  f32 some = 0;
  EXPECT_EQ(error_of([&] { cpu::conv2d_forward<f32>({.shape = fine, .filter = &some, .y = &some}, {}); }),
            "[conv2d_forward] x is null, but has 3840 elements");
  EXPECT_EQ(error_of([&] { cpu::conv2d_backward_data<f32>({.shape = fine, .dy = &some, .dx = &some}, {}); }),
            "[conv2d_backward_data] filter is null, but has 2160 elements");
  EXPECT_EQ(error_of([&] { cpu::conv2d_backward_filter<f32>({.shape = fine, .x = &some, .dy = &some}, {}); }),
            "[conv2d_backward_filter] dfilter is null, but has 2160 elements");
  Conv2dShape const empty = {.n = 0, .h = 3, .w = 3, .c = 0, .k = 0};
  EXPECT_NO_THROW(cpu::conv2d_forward<f32>({.shape = empty}, {}));
  EXPECT_NO_THROW(cpu::conv2d_backward_data<f32>({.shape = empty}, {}));
  EXPECT_NO_THROW(cpu::conv2d_backward_filter<f32>({.shape = empty}, {}));
}

}  // namespace
}  // namespace heddle::testing
