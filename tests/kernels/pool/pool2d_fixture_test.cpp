// CPU pooling against PyTorch in double precision.
#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

#include "tests/kernels/pool/pool2d_results.h"
#include "tests/support/compare.h"
#include "tests/support/fixture.h"

namespace heddle::testing {
namespace {

class Pool2dFixture : public ::testing::TestWithParam<std::string> {
 protected:
  Pool2dFixture() : file_(fixture("pool2d")) {
    std::vector<i32> const v = file_.at(GetParam() + ".shape").to_vector<i32>();
    shape = {.n = v.at(0),
             .h = v.at(1),
             .w = v.at(2),
             .c = v.at(3),
             .r = v.at(4),
             .s = v.at(5),
             .stride_h = v.at(6),
             .stride_w = v.at(7),
             .padding = {v.at(8), v.at(9), v.at(10), v.at(11)}};
  }
  std::vector<f32> get(char const* name) { return values(file_, GetParam() + "." + name); }
  std::vector<i32> get_index() { return file_.at(GetParam() + ".max.index").to_vector<i32>(); }

  Pool2dShape shape;

 private:
  nn::TensorFile file_;
};

// At most this often is an input in a window, or an output fed by an input; |values| stay below 5 (asserted).
Bound sum_of(i64 terms) { return accumulation_bound<f32>(terms, 5.0 * static_cast<double>(terms)); }

TEST_P(Pool2dFixture, Max) {
  MaxPoolResult const out = max_pool(shape, get("x"));
  EXPECT_TRUE(equal(out.y, get("max.y")));
  EXPECT_EQ(out.index, get_index());
  EXPECT_TRUE(within(max_pool_gradient(shape, get("dy"), out.index), get("max.dx"), sum_of(shape.r * shape.s)));
}

TEST_P(Pool2dFixture, Average) {
  for (f32 const value : get("x")) ASSERT_LT(std::abs(value), 5);
  for (f32 const value : get("dy")) ASSERT_LT(std::abs(value), 5);
  Bound const bound = sum_of(shape.r * shape.s);
  EXPECT_TRUE(within(average_pool(shape, true, get("x")), get("average.y"), bound));
  EXPECT_TRUE(within(average_pool_gradient(shape, true, get("dy")), get("average.dx"), bound));
  EXPECT_TRUE(within(average_pool(shape, false, get("x")), get("average_inside.y"), bound));
  EXPECT_TRUE(within(average_pool_gradient(shape, false, get("dy")), get("average_inside.dx"), bound));
}

TEST_P(Pool2dFixture, AdaptiveAverage) {
  for (auto const& [name, p, q] : {std::tuple<std::string, i64, i64>{"adaptive", 3, 4}, {"enlarging", 10, 11}}) {
    AdaptivePool2dShape const adaptive = {.n = shape.n, .h = shape.h, .w = shape.w, .c = shape.c, .p = p, .q = q};
    // No window has more than 5 x 4 positions, and no position is in more than 4 x 4.
    EXPECT_TRUE(within(adaptive_average_pool(adaptive, get("x")), get((name + ".y").c_str()), sum_of(20)));
    EXPECT_TRUE(within(adaptive_average_pool_gradient(adaptive, get((name + ".dy").c_str())),
                       get((name + ".dx").c_str()), sum_of(20)));
  }
}

TEST_P(Pool2dFixture, GlobalAverage) {
  i64 const positions = shape.h * shape.w;
  // The sum is in double: what is left are the roundings of the result and of the fixture.
  Bound const bound = close_bound(0x1p-23, 0x1p-46);
  EXPECT_TRUE(within(global_average(shape.n, positions, shape.c, get("x")), get("global.y"), bound));
  EXPECT_TRUE(within(global_average_gradient(shape.n, positions, shape.c, get("global.dy")), get("global.dx"), bound));
}

INSTANTIATE_TEST_SUITE_P(PyTorch, Pool2dFixture,
                         ::testing::Values("halving", "odd_halving", "overlapping", "dense", "sparse"),
                         [](auto const& test) { return test.param; });

}  // namespace
}  // namespace heddle::testing
