#include <gtest/gtest.h>

#include "kernels/pool/pool2d.h"
#include "tests/support/error.h"

namespace heddle::testing {
namespace {

Pool2dShape const fine = {.n = 2, .h = 8, .w = 9, .c = 3, .r = 2, .s = 2, .stride_h = 2, .stride_w = 2};

TEST(Pool2dShape, Refusals) {
  EXPECT_NO_THROW(check_shape(fine));
  auto const with = [](auto&& change) {
    Pool2dShape shape = fine;
    change(shape);
    return error_of([&] { check_shape(shape); });
  };
  EXPECT_EQ(with([](auto& s) { s.c = -1; }), "[pool2d] input sizes must not be negative: n=2, h=8, w=9, c=-1");
  EXPECT_EQ(with([](auto& s) { s.stride_h = 0; }), "[pool2d] strides must be positive: stride_h=0, stride_w=2");
  EXPECT_EQ(with([](auto& s) { s.s = 0; }), "[pool2d] the window must be positive along w: window=0");
  EXPECT_EQ(with([](auto& s) { s.padding.bottom = -1; }),
            "[pool2d] padding must not be negative along h: before=0, after=-1");
  EXPECT_EQ(with([](auto& s) { s.padding.left = 2; }),
            "[pool2d] padding must be at most half the window along w: before=2, after=0, window=2");
  EXPECT_EQ(with([](auto& s) { s.r = 9; }),
            "[pool2d] the window does not fit into the padded input along h: size=8, padding=0 (both sides), window=9");
  EXPECT_EQ(with([](auto& s) {
              s.h = 0;
              s.padding = {1, 1, 0, 0};
            }),
            "[pool2d] the window does not fit into the padded input along h: size=0, padding=2 (both sides), window=2");
}

TEST(Pool2dArguments, NullIsRefusedUnlessEmpty) {
  f32 some = 0;
  EXPECT_EQ(error_of([&] { cpu::max_pool_forward({.shape = fine, .x = &some, .y = &some}, {}); }),
            "[max_pool_forward] index is null, but the output is not empty");
  EXPECT_EQ(error_of([&] { cpu::max_pool_backward({.shape = fine, .dy = &some}, {}); }),
            "[max_pool_backward] index is null, but the output is not empty");
  EXPECT_EQ(error_of([&] { cpu::average_pool_forward({.shape = fine, .y = &some}, {}); }),
            "[average_pool_forward] x is null, but the input is not empty");
  EXPECT_EQ(error_of([&] { cpu::average_pool_backward({.shape = fine, .dy = &some}, {}); }),
            "[average_pool_backward] dx is null, but the input is not empty");
  EXPECT_EQ(error_of([&] { cpu::global_average_forward({.n = 1, .positions = 0, .c = 2}, {}); }),
            "[global_average_forward] there is no mean of no positions: positions=0");
  EXPECT_EQ(error_of([&] { cpu::global_average_backward({.n = 1, .positions = -4, .c = 2}, {}); }),
            "[global_average_backward] sizes must not be negative: n=1, positions=-4, c=2");
  EXPECT_NO_THROW(cpu::global_average_forward({.n = 0, .positions = 4, .c = 2}, {}));
}

TEST(Pool2dArguments, PositionsBeyond32BitsAreRefused) {
  Pool2dShape const huge = {.n = 0, .h = i64{1} << 20, .w = i64{1} << 20, .c = 1};
  EXPECT_EQ(error_of([&] { cpu::max_pool_forward({.shape = huge}, {}); }),
            "[max_pool_forward] positions must fit into 32 bits: h=1048576, w=1048576");
}

}  // namespace
}  // namespace heddle::testing
