// Fragments against the formulas of the PTX ISA, which states one for each shape and type, and against the layouts of
// wgmma as strides. g and t are the group of a lane and its place in it.
#include "kernels/machine/fragment.h"

#include <gtest/gtest.h>

#include "kernels/core/types.h"

namespace heddle {
namespace {

template <class Check>
void for_each_element(int threads, int elements, Check check) {
  for (int thread = 0; thread < threads; ++thread)
    for (int i = 0; i < elements; ++i) check(thread, i);
}

template <class T, class Row, class Column>
void expect_a(int elements, Row row, Column column) {
  for_each_element(32, elements, [&](int lane, int i) {
    Place const place = a_fragment<T>(lane, i);
    EXPECT_EQ(place.row, row(lane / 4, i)) << lane << ", element " << i;
    EXPECT_EQ(place.column, column(lane % 4, i)) << lane << ", element " << i;
  });
}

TEST(Fragment, A) {
  auto const m16n8k16 = [](int g, int i) { return i < 2 || (i >= 4 && i < 6) ? g : g + 8; };
  expect_a<bf16>(8, m16n8k16, [](int t, int i) { return 2 * t + (i & 1) + (i >= 4 ? 8 : 0); });
  expect_a<f16>(4, m16n8k16, [](int t, int i) { return 2 * t + (i & 1); });
  expect_a<tf32>(
      4, [](int g, int i) { return i % 2 == 0 ? g : g + 8; }, [](int t, int i) { return i < 2 ? t : t + 4; });
  auto const m16n8k32 = [](int g, int i) { return i < 4 || (i >= 8 && i < 12) ? g : g + 8; };
  expect_a<i8>(16, m16n8k32, [](int t, int i) { return 4 * t + (i & 3) + (i >= 8 ? 16 : 0); });
  expect_a<f8e4m3>(8, m16n8k32, [](int t, int i) { return 4 * t + (i & 3); });
}

TEST(Fragment, B) {
  for_each_element(32, 1, [](int lane, int i) {
    EXPECT_EQ(a_fragment<double>(lane, i), (Place{lane / 4, lane % 4}));
    EXPECT_EQ(b_fragment<double>(lane, i), (Place{lane % 4, lane / 4}));
  });
  for_each_element(32, 2, [](int lane, int i) {
    EXPECT_EQ(b_fragment<tf32>(lane, i), (Place{lane % 4 + 4 * i, lane / 4}));
  });
  for_each_element(32, 4, [](int lane, int i) {
    EXPECT_EQ(b_fragment<bf16>(lane, i), (Place{2 * (lane % 4) + (i & 1) + (i >= 2 ? 8 : 0), lane / 4}));
  });
  for_each_element(32, 8, [](int lane, int i) {
    EXPECT_EQ(b_fragment<i8>(lane, i), (Place{4 * (lane % 4) + (i & 3) + (i >= 4 ? 16 : 0), lane / 4}));
  });
}

TEST(Fragment, Accumulator) {
  for_each_element(32, 4, [](int lane, int i) {
    EXPECT_EQ(accumulator_fragment(lane, i), (Place{lane / 4 + (i < 2 ? 0 : 8), lane % 4 * 2 + (i & 1)}));
  });
}

/// The place with this offset in a matrix of 64 rows, column after column.
Place of_64_rows(int thread, int columns_of_t, int offset) {
  int const t = thread % 4, g = thread / 4 % 8, warp = thread / 32;
  int const place = 64 * columns_of_t * t + g + 16 * warp + offset;
  return {place % 64, place / 64};
}

TEST(Fragment, OfAWarpgroup) {
  for_each_element(128, 128, [](int thread, int i) {
    Place const place = of_64_rows(thread, 2, 64 * (i % 2) + 8 * (i / 2 % 2) + 512 * (i / 4));
    EXPECT_EQ(accumulator_fragment(thread, i), place);
    EXPECT_EQ(a_fragment<bf16>(thread, i), place);
  });
  for_each_element(128, 16, [](int thread, int i) {
    EXPECT_EQ(a_fragment<f8e4m3>(thread, i), of_64_rows(thread, 4, 64 * (i % 4) + 8 * (i / 4 % 2) + 1024 * (i / 8)));
  });
  for_each_element(128, 4, [](int thread, int i) {
    EXPECT_EQ(a_fragment<tf32>(thread, i), of_64_rows(thread, 1, 8 * (i % 2) + 256 * (i / 2)));
  });
}

TEST(Fragment, Matrix) {
  for (int lane = 0; lane < 32; ++lane) EXPECT_EQ(matrix_fragment(lane), (Place{lane / 4, lane % 4 * 2}));
}

}  // namespace
}  // namespace heddle
