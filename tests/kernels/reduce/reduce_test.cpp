// The kernels of reductions against the CPU, and the CPU against the definition.
#include <gtest/gtest.h>

#include "kernels/machine/device.h"
#include "kernels/reduce/row_reduction_config.h"
#include "kernels/tile/column_reduction_config.h"
#include "tests/kernels/reduce/reduce_reference.h"
#include "tests/support/error.h"
#include "tests/support/threads.h"

namespace heddle::testing {
namespace {

class Reduce : public ::testing::TestWithParam<ReduceCase> {
 protected:
  template <class Test>
  static void for_each_operation(Test const& test) {
    for (Summary const summary : {Summary::sum, Summary::mean, Summary::l2_norm})
      test(ReduceSumCase(GetParam(), summary));
    test(ReduceDotCase(GetParam()));
    test(ReduceMaxCase(GetParam()));
    test(ReduceMaxCase(GetParam(), true));
  }
};

TEST_P(Reduce, Emulated) {
  for_each_operation([](auto const& c) { test_emulated(c); });
}

TEST_P(Reduce, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  for_each_operation([](auto const& c) { test_all_types(Device::cuda, c); });
}

TEST_P(Reduce, CpuInEachType) {
  for_each_operation([](auto const& c) { test_all_types(Device::cpu, c); });
}

INSTANTIATE_TEST_SUITE_P(Cases, Reduce, ::testing::ValuesIn(reduce_cases()),
                         [](auto const& test) { return test.param.name; });

std::vector<f32> sum_of(ReduceShape const& shape, Summary summary, std::vector<f32> const& x) {
  std::vector<f32> y(static_cast<std::size_t>(shape.results()));
  cpu::reduce_sum<f32>({.shape = shape, .summary = summary, .x = x.data(), .y = y.data()}, {});
  return y;
}

TEST(ReduceCpu, IsTheDefinition) {
  std::vector<f32> const x = {1, 2, 3, 4, 5, 6, -7, 8, 9, 10, 11, -12};  // [2, 3, 2]
  EXPECT_EQ(sum_of({2, 3, 2}, Summary::sum, x), (std::vector<f32>{9, 12, 13, 6}));
  EXPECT_EQ(sum_of({2, 3, 2}, Summary::mean, x), (std::vector<f32>{3, 4, 13 / 3.0f, 2}));
  EXPECT_EQ(sum_of({1, 2, 1}, Summary::l2_norm, {3, -4}), (std::vector<f32>{5}));
  std::vector<f32> y(4);
  cpu::reduce_dot<f32>({.shape = {2, 3, 2}, .x = x.data(), .z = x.data(), .y = y.data()}, {});
  EXPECT_EQ(y, (std::vector<f32>{35, 56, 251, 308}));
  std::vector<i64> index(4);
  cpu::reduce_max<f32>({.shape = {2, 3, 2}, .x = x.data(), .y = y.data(), .index = index.data()}, {});
  EXPECT_EQ(y, (std::vector<f32>{5, 6, 11, 10}));
  EXPECT_EQ(index, (std::vector<i64>{2, 2, 2, 1}));
}

// What PyTorch gives for an empty axis, and where elements are infinite or NaN.
TEST(ReduceCpu, EmptyAndSpecial) {
  f32 const infinity = HUGE_VALF;
  EXPECT_EQ(sum_of({1, 0, 2}, Summary::sum, {}), (std::vector<f32>{0, 0}));
  EXPECT_TRUE(std::isnan(sum_of({1, 0, 1}, Summary::mean, {})[0]));
  EXPECT_EQ(sum_of({1, 0, 1}, Summary::l2_norm, {}), (std::vector<f32>{0}));
  EXPECT_EQ(sum_of({1, 2, 1}, Summary::sum, {infinity, 1}), (std::vector<f32>{infinity}));
  EXPECT_TRUE(std::isnan(sum_of({1, 2, 1}, Summary::sum, {infinity, -infinity})[0]));
  std::vector<f32> const x = {-infinity, -infinity, 1, NAN, NAN, 7};  // [3, 2]
  for (auto* const reduce_max : {cpu::reduce_max<f32>, emulated::reduce_max<f32>}) {
    std::vector<i64> index(3);
    reduce_max({.shape = {3, 2, 1}, .x = x.data(), .index = index.data()}, {});
    EXPECT_EQ(index, (std::vector<i64>{0, 1, 0}));
  }
}

TEST(ReduceEmulated, EmptyAxisIsThatOfTheCpu) {
  for (i64 const inner : {1, 3})
    for (Summary const summary : {Summary::sum, Summary::mean, Summary::l2_norm})
      test_emulated(ReduceSumCase({.name = "", .shape = {2, 0, inner}}, summary));
}

TEST(ReduceEmulated, OneOfTwoInputsMayBeMisaligned) {
  alignas(16) f32 x[64], z[65];
  for (int i = 0; i < 64; ++i) x[i] = z[i + 1] = static_cast<f32>(i % 5);
  f32 y = NAN;
  emulated::reduce_dot<f32>({.shape = {1, 64, 1}, .x = x, .z = z + 1, .y = &y}, {});
  EXPECT_EQ(y, 12 * 30 + 14);  // twelve times 0, 1, 4, 9, 16, and then 0, 1, 4, 9
}

TEST(ReduceCpu, SameBitsOnAnyThreads) {
  std::vector<f32> const x = uniform(20 * 50 * 70, 1);
  EXPECT_TRUE(same_bits_on_any_threads([&] { return sum_of({20, 50, 70}, Summary::mean, x); }));
}

TEST(ReduceErrors, NameTheValue) {
  f32 some[4] = {};
  for (auto* const reduce_sum : {cpu::reduce_sum<f32>, emulated::reduce_sum<f32>}) {
    EXPECT_EQ(error_of([&] {
                reduce_sum({.shape = {1, -2, 3}}, {});
              }),
              "[reduce_sum] sizes must not be negative: outer=1, axis=-2, inner=3");
    EXPECT_EQ(error_of([&] {
                reduce_sum({.shape = {1, 2, 2}, .x = some}, {});
              }),
              "[reduce_sum] y is null, but has 2 elements");
    EXPECT_EQ(error_of([&] {
                reduce_sum({.shape = {1, 2, 2}, .summary = static_cast<Summary>(9)}, {});
              }),
              "[reduce_sum] unknown summary: 9");
  }
  EXPECT_EQ(error_of([&] {
              emulated::reduce_max<f32>({.shape = {2, 0, 3}}, {});
            }),
            "[reduce_max] the axis must not be empty: outer=2, axis=0, inner=3");
  EXPECT_NE(error_of([&] {
              emulated::reduce_sum<f32>({.shape = {1, 1 << 20, 1}, .x = some, .y = some}, {});
            }).find("[reduce_sum] workspace is too small or null: 0 bytes, needs "),
            std::string::npos);
}

// Every element belongs to one chunk, whatever the shape.
TEST(ReductionPlans, CoverTheAxis) {
  for (i64 const size : {0, 1, 15, 16, 17, 2048, 8193, 100003, 1 << 26})
    for (i64 const others : {1, 2, 300, 100000})
      for (int const vector : {1, 4, 8}) {
        RowReductionPlan const rows = plan_row_reduction(others, size, vector);
        EXPECT_GE(rows.chunks * rows.chunk_columns, size);
        EXPECT_LT((rows.chunks - 1) * rows.chunk_columns, std::max<i64>(size, 1));
        EXPECT_EQ(rows.chunk_columns % vector, 0);
        EXPECT_TRUE(rows.chunks == 1 || rows.chunks * others <= 4 * 132);
        ColumnReductionPlan const columns = plan_column_reduction(1, size, others, vector);
        EXPECT_GE(columns.chunks * columns.rows_of_chunk, size);
        EXPECT_GE(columns.column_blocks * columns.lanes * vector, others);
        EXPECT_TRUE(columns.chunks == 1 || columns.chunks * columns.column_blocks <= 4 * 132);
      }
}

}  // namespace
}  // namespace heddle::testing
