#include <gtest/gtest.h>

#include "kernels/pool/average_pool.h"
#include "kernels/pool/global_average.h"
#include "kernels/pool/max_pool.h"
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
  EXPECT_EQ(with([](auto& s) { s.c = -1; }), "[pool2d] sizes must not be negative: n=2, h=8, w=9, c=-1");
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

TEST(Pool2dShape, PositionsBeyond32BitsAreRefused) {
  Pool2dShape const huge = {.n = 0, .h = i64{1} << 20, .w = i64{1} << 20, .c = 1, .r = 3, .s = 3, .padding = {1, 1}};
  EXPECT_EQ(error_of([&] { check_shape(huge); }),
            "[pool2d] positions must fit into 32 bits: h=1048576, w=1048576, with padding 1048578 x 1048576");
}

TEST(AdaptivePool2dShape, Refusals) {
  EXPECT_NO_THROW(check_shape(AdaptivePool2dShape{.n = 0, .h = 3, .w = 3, .c = 0, .p = 5, .q = 1}));
  EXPECT_EQ(error_of([] { check_shape(AdaptivePool2dShape{.n = -2, .h = 3, .w = 3, .c = 1}); }),
            "[adaptive_average_pool] sizes must not be negative: n=-2, c=1");
  EXPECT_EQ(error_of([] { check_shape(AdaptivePool2dShape{.n = 1, .h = 3, .w = 0, .c = 1}); }),
            "[adaptive_average_pool] h, w, p and q must be positive: h=3, w=0, p=1, q=1");
  EXPECT_EQ(error_of([] { check_shape(AdaptivePool2dShape{.h = 1 << 20, .w = 1, .p = 1 << 12}); }),
            "[adaptive_average_pool] h * p, w * q and positions must fit into 31 bits: h=1048576, w=1, p=4096, q=1");
}

/// Calls test(functions) with those of each device that runs here.
template <class Test>
void on_cpu_and_emulator(auto const& operation, Test const& test) {
  test(operation.cpu);
  test(operation.emulated);
}

TEST(Pool2dArguments, NullIsRefusedUnlessEmpty) {
  f32 some = 0;
  on_cpu_and_emulator(max_pool_forward<f32>, [&](auto* function) {
    EXPECT_EQ(error_of([&] { function({.shape = fine, .x = &some}, {}); }),
              "[max_pool_forward] y is null, but has 96 elements");
  });
  on_cpu_and_emulator(average_pool_forward<f32>, [&](auto* function) {
    EXPECT_EQ(error_of([&] { function({.shape = fine, .y = &some}, {}); }),
              "[average_pool_forward] x is null, but has 432 elements");
  });
  on_cpu_and_emulator(average_pool_backward<f32>, [&](auto* function) {
    EXPECT_EQ(error_of([&] { function({.shape = fine, .dy = &some}, {}); }),
              "[average_pool_backward] dx is null, but has 432 elements");
  });
  on_cpu_and_emulator(adaptive_average_pool_forward<f32>, [&](auto* function) {
    EXPECT_EQ(error_of([&] { function({.shape = {.n = 1, .h = 2, .w = 3, .c = 4}}, {}); }),
              "[adaptive_average_pool_forward] x is null, but has 24 elements");
  });
  on_cpu_and_emulator(global_average_backward<f32>, [&](auto* function) {
    EXPECT_EQ(error_of([&] { function({.n = 1, .positions = 4, .c = 2}, {}); }),
              "[global_average_backward] dy is null, but has 2 elements");
  });
}

TEST(MaxPoolArguments, WinnersAreGivenInOneWay) {
  f32 some = 0;
  u8 tap = 0;
  i32 index = 0;
  on_cpu_and_emulator(max_pool_backward<f32>, [&](auto* function) {
    EXPECT_EQ(error_of([&] { function({.shape = fine, .dy = &some, .dx = &some}, {}); }),
              "[max_pool_backward] takes one of tap and index, but has none");
    EXPECT_EQ(error_of([&] { function({.shape = fine, .dy = &some, .tap = &tap, .index = &index, .dx = &some}, {}); }),
              "[max_pool_backward] takes one of tap and index, but has both");
  });
  Pool2dShape const wide = {.n = 1, .h = 32, .w = 32, .c = 1, .r = 16, .s = 17};
  on_cpu_and_emulator(max_pool_forward<f32>, [&](auto* function) {
    EXPECT_EQ(error_of([&] { function({.shape = wide, .x = &some, .y = &some, .tap = &tap}, {}); }),
              "[max_pool_forward] a window of more than 256 positions needs index in place of tap: r=16, s=17");
  });
}

TEST(GlobalAverageArguments, Refusals) {
  f32 some = 0;
  on_cpu_and_emulator(global_average_forward<f32>, [&](auto* function) {
    EXPECT_EQ(error_of([&] { function({.n = 1, .positions = 0, .c = 2, .workspace = {}}, {}); }),
              "[global_average_forward] there is no mean of no positions: positions=0");
    EXPECT_NO_THROW(function({.n = 0, .positions = 4, .c = 2, .workspace = {}}, {}));
  });
  EXPECT_EQ(error_of([&] {
              emulated::global_average_forward<f32>(
                  {.n = 1, .positions = 100000, .c = 1, .x = &some, .y = &some, .workspace = {}}, {});
            }),
            "[global_average_forward] workspace is too small or null: 0 bytes, needs 192");
  on_cpu_and_emulator(global_average_backward<f32>, [&](auto* function) {
    EXPECT_EQ(error_of([&] { function({.n = 1, .positions = -4, .c = 2}, {}); }),
              "[global_average_backward] sizes must not be negative: n=1, positions=-4, c=2");
  });
}

TEST(PoolCost, CountsEachTensorOnce) {
  f32 some[1];
  u8 tap[1];
  Pool2dShape const stem = {
      .n = 4, .h = 112, .w = 112, .c = 64, .r = 3, .s = 3, .stride_h = 2, .stride_w = 2, .padding = {1, 1, 1, 1}};
  double const x = 4.0 * 112 * 112 * 64;
  EXPECT_EQ(cost(MaxPoolForwardArgs<f32>{.shape = stem, .x = some, .y = some}).bytes(), 5 * x);
  EXPECT_EQ(cost(MaxPoolForwardArgs<bf16>{.shape = stem, .tap = tap}).bytes(), 2.75 * x);
  EXPECT_EQ(cost(MaxPoolBackwardArgs<bf16>{.shape = stem, .tap = tap}).bytes(), 2.75 * x);
  EXPECT_EQ(cost(GlobalAverageForwardArgs<bf16>{.n = 4, .positions = 49, .c = 64, .workspace = {}}).bytes(),
            2.0 * 4 * 64 * 50);
}

}  // namespace
}  // namespace heddle::testing
