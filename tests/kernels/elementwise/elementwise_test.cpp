// The kernels of sums, multiples and conversions against the CPU: emulated in adverse executions, and on a GPU where
// there is one.
#include <gtest/gtest.h>

#include <cmath>

#include "bench/samples/elementwise.h"
#include "kernels/machine/device.h"
#include "tests/support/fill.h"
#include "tests/support/operation_test.h"

namespace heddle::testing {
namespace {

/// Empty, below a vector, and around the ends of vectors, threads and blocks.
constexpr i64 counts[] = {0, 1, 7, 8, 33, 1023, 4096, 8193, 16384, 16391};

struct Case {
  i64 count = 0;
  i64 offset = 0;

  std::vector<f32> values(std::string_view, i64 elements, u64 seed) const { return uniform(elements, seed, -4, 4); }
};

struct AddCase : Case {
  template <class T>
  using Args = AddArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = add<T>;

  template <class T>
  Args<T> arguments() const {
    return {.count = count, .alpha = 0.7f, .beta = -1.3f};
  }
  /// The products round on the CPU; on a GPU one of them may not.
  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    std::vector<double> result;
    for (i64 i = 0; i < count; ++i)
      result.push_back(0x1p-23 * (std::abs(a.alpha * a.a[i]) + std::abs(a.beta * a.b[i])) +
                       unit_roundoff<T> * std::abs(a.out[i]) + half_subnormal<T>);
    return {{"out", result}};
  }
};

struct ScaleCase : Case {
  template <class T>
  using Args = ScaleArgs<T>;
  template <class T>
  static constexpr Operation<Args<T>> operation = scale<T>;

  /// With a factor in memory, and without.
  std::vector<f32> values(std::string_view name, i64 elements, u64 seed) const {
    return name == "factor" && offset == 0 ? std::vector<f32>() : Case::values(name, elements, seed);
  }
  template <class T>
  Args<T> arguments() const {
    return {.count = count, .scale = -1.5f};
  }
  template <class T>
  Bounds bounds(Args<f32> const& a) const {
    std::vector<double> result;
    for (i64 i = 0; i < count; ++i)
      result.push_back((unit_roundoff<T> + 0x1p-23) * std::abs(a.y[i]) + half_subnormal<T>);
    return {{"y", result}};
  }
};

class Elementwise : public ::testing::TestWithParam<i64> {};

TEST_P(Elementwise, Emulated) {
  for (i64 const offset : {0, 1}) {
    test_emulated(AddCase{{GetParam(), offset}});
    test_emulated(ScaleCase{{GetParam(), offset}});
  }
}

TEST_P(Elementwise, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  for (i64 const offset : {0, 1}) {
    test_all_types(Device::cuda, AddCase{{GetParam(), offset}});
    test_all_types(Device::cuda, ScaleCase{{GetParam(), offset}});
  }
}

INSTANTIATE_TEST_SUITE_P(Counts, Elementwise, ::testing::ValuesIn(counts),
                         [](auto const& test) { return std::to_string(test.param); });

// Conversions are exact or rounded in one way: the same bits on every device.
template <class From, class To>
void expect_same_cast(Device device, i64 count, i64 offset) {
  using Args = CastArgs<Conversion<From, To>>;
  auto const values = [](std::string_view, i64 elements, u64) {
    auto all = std::is_integral_v<From> ? small_integers(elements, 1, std::is_signed_v<From> ? -128 : 0, 127)
                                        : uniform(elements, 1, -300, 300);
    std::vector<f32> const special = {0.5f,  1.5f,      2.5f,       -0.5f, 448,   500,
                                      70000, HUGE_VALF, -HUGE_VALF, NAN,   1e-8f, -0.0f};
    if (!std::is_integral_v<From>)
      std::copy_n(special.begin(), std::min<i64>(elements, std::ssize(special)), all.begin());
    return all;
  };
  auto const result = [&](Memory const& memory, OperationFn<Args>* function) {
    Args args = {.count = count};
    bench::Operands const operands(memory, args, values, 0, offset);
    function(args, {});
    EXPECT_EQ(operands.overrun(), "");
    return operands.values("y");
  };
  auto const& operation = cast<Conversion<From, To>>;
  EXPECT_TRUE(equal(result(memory_of(device), device == Device::cuda ? operation.cuda : operation.emulated),
                    result(cpu::memory, operation.cpu)));
}

template <class From>
void expect_same_casts(Device device) {
  auto const expect_to = [&]<class To>(To) {
    if constexpr (!std::is_same_v<From, To>)
      for (i64 const count : {1, 15, 17, 5000})
        for (i64 const offset : {0, 1}) expect_same_cast<From, To>(device, count, offset);
  };
  expect_to(f32{}), expect_to(f16{}), expect_to(bf16{}), expect_to(f8e4m3{}), expect_to(i8{}), expect_to(u8{});
}

void expect_same_casts_of_all(Device device) {
  expect_same_casts<f32>(device);
  expect_same_casts<f16>(device);
  expect_same_casts<bf16>(device);
  expect_same_casts<f8e4m3>(device);
  expect_same_casts<i8>(device);
  expect_same_casts<u8>(device);
}

TEST(Cast, Emulated) { expect_same_casts_of_all(Device::emulated); }

TEST(Cast, Cuda) {
  if (cuda::device_count() == 0) GTEST_SKIP() << "no CUDA device";
  expect_same_casts_of_all(Device::cuda);
}

TEST(Cast, RoundsToEvenAndSaturates) {
  std::vector<f32> const x = {0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 126.6f, 127.5f, 1e9f, -1e9f, -HUGE_VALF, NAN, 200};
  std::vector<i8> signed_bytes(x.size());
  std::vector<u8> bytes(x.size());
  i64 const count = std::ssize(x);
  cpu::cast<Conversion<f32, i8>>({.count = count, .x = x.data(), .y = signed_bytes.data()}, {});
  cpu::cast<Conversion<f32, u8>>({.count = count, .x = x.data(), .y = bytes.data()}, {});
  EXPECT_EQ(signed_bytes, (std::vector<i8>{0, 2, 2, 0, -2, 127, 127, 127, -128, -128, 0, 127}));
  EXPECT_EQ(bytes, (std::vector<u8>{0, 2, 2, 0, 0, 127, 128, 255, 0, 0, 0, 200}));
}

}  // namespace
}  // namespace heddle::testing
