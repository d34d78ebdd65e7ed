// The sum of squares on every device: of exact values, so that each must give the same.
#include "kernels/reduce/sum_of_squares.h"

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <list>

#include "kernels/machine/device.h"
#include "kernels/machine/host/scheduler/execution.h"
#include "ops/memory.h"
#include "tests/support/cases_elementwise.h"
#include "tests/support/compare.h"
#include "tests/support/device_buffer.h"
#include "tests/support/error.h"
#include "tests/support/fill.h"
#include "tests/support/threads.h"

namespace heddle::testing {
namespace {

/// Of a list of tensors, each `offset` elements from an aligned address.
template <class T = f32>
double sum_of_squares(Device device, std::vector<std::vector<T>> const& tensors, i64 offset = 0) {
  Memory const& memory = memory_of(device);
  std::list<DeviceBuffer<T>> buffers;
  SumOfSquaresArgs<T> args;
  for (std::size_t i = 0; i < tensors.size(); ++i)
    args.x[i] = {buffers.emplace_back(memory, tensors[i], offset).data(), std::ssize(tensors[i])};
  DeviceBuffer<double> sum(memory, 1);
  DeviceBuffer<u8> workspace(memory, static_cast<i64>(args.workspace_bytes()));
  args.sum = sum.data();
  args.workspace = {workspace.data(), args.workspace_bytes()};
  auto const& operation = heddle::sum_of_squares<T>;
  (device == Device::cpu ? operation.cpu : device == Device::cuda ? operation.cuda : operation.emulated)(args, {});
  EXPECT_TRUE(sum.guards_intact() && workspace.guards_intact());
  return sum.read()[0];
}

class SumOfSquares : public ::testing::TestWithParam<Device> {
 protected:
  void SetUp() override {
    if (GetParam() == Device::cuda && cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  }
};

INSTANTIATE_TEST_SUITE_P(Devices, SumOfSquares, ::testing::Values(Device::cpu, Device::emulated, Device::cuda),
                         [](auto const& test) {
                           return test.param == Device::cpu ? "cpu" : test.param == Device::cuda ? "cuda" : "emulated";
                         });

template <class T>
void expect_exact(Device device, i64 count, i64 offset) {
  auto const x = small_integers<T>(count, 1);
  i64 expected = 0;
  for (T const value : x) expected += static_cast<i64>(f32(value) * f32(value));
  EXPECT_EQ(sum_of_squares<T>(device, {x}, offset), static_cast<double>(expected)) << count << ' ' << offset;
}

TEST_P(SumOfSquares, IsExactOnSmallIntegersOfEverySize) {
  for (i64 const count : element_counts)
    for (i64 const offset : {0, 1}) {
      expect_exact<f32>(GetParam(), count, offset);
      expect_exact<f16>(GetParam(), count, offset);
      expect_exact<bf16>(GetParam(), count, offset);
    }
}

TEST_P(SumOfSquares, OfAListIsThatOfAllItsTensors) {
  std::vector<std::vector<f32>> tensors;
  double expected = 0;
  for (i64 i = 0; i < SumOfSquaresArgs<f32>::most; ++i) {
    tensors.push_back(small_integers(i % 7 == 0 ? 0 : 5000 * (i % 5) + i, static_cast<u64>(i)));
    for (f32 const value : tensors.back()) expected += value * value;
  }
  EXPECT_EQ(sum_of_squares(GetParam(), tensors), expected);
  EXPECT_EQ(sum_of_squares<f32>(GetParam(), {}), 0);
}

TEST_P(SumOfSquares, LosesNothingWhereFloatWould) {
  // Beside 1e4^2, each of the other squares is below half a unit of f32.
  auto x = std::vector<f32>(100000, 1e-3f);
  x[0] = 1e4f;
  long double expected = 0;
  for (f32 const value : x) expected += static_cast<long double>(value) * value;
  // Square and sum in double: at most count roundings of 2^-53 each.
  EXPECT_NEAR(sum_of_squares<f32>(GetParam(), {x}), static_cast<double>(expected),
              1e5 * 0x1p-53 * static_cast<double>(expected));
}

TEST_P(SumOfSquares, OfTheLargestFloatsDoesNotOverflow) {
  f32 const largest = std::numeric_limits<f32>::max();
  EXPECT_EQ(sum_of_squares<f32>(GetParam(), {{largest, -largest}}), 2.0 * largest * largest);
}

TEST_P(SumOfSquares, ShowsNanAndInfinityAnywhere) {
  for (std::size_t const position : {0u, 15u, 8191u, 8192u, 20002u}) {
    auto x = uniform(20003, 2);
    x[position] = NAN;
    EXPECT_TRUE(std::isnan(sum_of_squares<f32>(GetParam(), {x}))) << position;
    x[position] = -HUGE_VALF;
    EXPECT_EQ(sum_of_squares<f32>(GetParam(), {x}), HUGE_VAL) << position;
  }
}

TEST(SumOfSquaresEmulated, InAdverseExecutions) {
  for (emulated::ExecutionOptions const& options : emulated::adversarial_executions()) {
    emulated::ScopedExecution const execution(options);
    expect_exact<f32>(Device::emulated, 20011, 0);
  }
}

TEST(SumOfSquaresErrors, NameTheValue) {
  double sum = 0;
  SumOfSquaresArgs<f32> a;
  for (auto* const sum_of_squares : {cpu::sum_of_squares<f32>, emulated::sum_of_squares<f32>}) {
    a.x[0].count = -100000;
    EXPECT_EQ(error_of([&] { sum_of_squares(a, {}); }), "[sum_of_squares] sizes must not be negative: count=-100000");
    a.x[0].count = 2;
    a.sum = &sum;
    EXPECT_EQ(error_of([&] { sum_of_squares(a, {}); }), "[sum_of_squares] x is null, but has 2 elements");
    a.x[0].count = 0;
    a.sum = nullptr;
    EXPECT_EQ(error_of([&] { sum_of_squares(a, {}); }), "[sum_of_squares] sum is null, but has 1 elements");
  }
}

TEST(SumOfSquaresCpu, DoesNotDependOnThreads) {
  auto const x = uniform(123457, 3);
  EXPECT_TRUE(same_bits_on_any_threads([&] {
    auto const halves = std::bit_cast<std::array<f32, 2>>(sum_of_squares<f32>(Device::cpu, {x}));
    return std::vector<f32>(halves.begin(), halves.end());
  }));
}

}  // namespace
}  // namespace heddle::testing
