#include "kernels/core/math.h"

#include <gtest/gtest.h>

#include <limits>

#include "kernels/core/cost.h"
#include "kernels/core/error.h"
#include "kernels/core/types.h"

namespace heddle {
namespace {

TEST(CeilDiv, RoundsUpAtEveryRemainder) {
  EXPECT_EQ(ceil_div(0, 4), 0);
  EXPECT_EQ(ceil_div(1, 4), 1);
  EXPECT_EQ(ceil_div(4, 4), 1);
  EXPECT_EQ(ceil_div(5, 4), 2);
}

TEST(CeilDiv, DoesNotOverflowNearTheLargest) {
  constexpr i64 largest = std::numeric_limits<i64>::max();
  EXPECT_EQ(ceil_div(largest, i64{2}), largest / 2 + 1);
  EXPECT_EQ(ceil_div(largest, largest), 1);
}

TEST(RoundUp, GivesTheNextMultiple) {
  EXPECT_EQ(round_up(0, 8), 0);
  EXPECT_EQ(round_up(1, 8), 8);
  EXPECT_EQ(round_up(8, 8), 8);
}

TEST(Cost, AddsUp) {
  Cost const sum = Cost{1, 2, 3} + Cost{10, 20, 30};
  EXPECT_EQ(sum.flops, 11);
  EXPECT_EQ(sum.read_bytes, 22);
  EXPECT_EQ(sum.bytes(), 55);
}

TEST(Check, WritesItsPartsOneAfterTheOther) {
  check(true, "[test] not thrown");
  try {
    check(false, "[test] groups must divide c: c=", 30, ", groups=", 4);
    FAIL() << "no Error";
  } catch (Error const& error) {
    EXPECT_STREQ(error.what(), "[test] groups must divide c: c=30, groups=4");
  }
}

}  // namespace
}  // namespace heddle
