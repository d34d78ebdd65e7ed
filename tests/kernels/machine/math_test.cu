// Approximations against double precision, within the errors they promise, and packed conversions.
#include <algorithm>
#include <cmath>

#include "kernels/core/philox.h"
#include "tests/kernels/machine/primitive_test.cuh"
#include "tests/support/compare.h"
#include "tests/support/fill.h"

namespace heddle::HEDDLE_BACKEND {
namespace {

using heddle::testing::uniform;
using heddle::testing::within;

enum class Function : u8 { exp2, log2, tanh, reciprocal, rsqrt };

struct Approximations {
  static constexpr int threads = 128;
  struct Params {
    u32* result;
    f32 const* arguments;
    Function function;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    u32 const i = blockIdx.x * threads + threadIdx.x;
    f32 const x = p.arguments[i];
    f32 y = 0;
    if (p.function == Function::exp2) y = exp2_approximate(x);
    if (p.function == Function::log2) y = log2_approximate(x);
    if (p.function == Function::tanh) y = tanh_approximate(x);
    if (p.function == Function::reciprocal) y = reciprocal_approximate(x);
    if (p.function == Function::rsqrt) y = rsqrt_approximate(x);
    p.result[i] = std::bit_cast<u32>(y);
  }
};

constexpr i64 argument_count = 64 * 128;

/// As many floats of every exponent in [2^low, 2^high), negative ones among them if asked for.
std::vector<f32> of_every_exponent(int low, int high, bool negative) {
  std::vector<f32> values;
  for (u64 i = 0; i < argument_count; ++i) {
    auto const random = philox(11, 0, i);
    int const exponent = low + static_cast<int>(uniform_below(random[0], static_cast<u32>(high - low)));
    f32 const magnitude = static_cast<f32>(std::ldexp(1 + uniform01(random[1]), exponent));
    values.push_back(negative && random[2] % 2 == 0 ? -magnitude : magnitude);
  }
  return values;
}

std::vector<f32> approximations(Function function, std::vector<f32> const& arguments) {
  DeviceBuffer<f32> in(memory, arguments);
  std::vector<f32> values;
  unsigned const blocks = static_cast<unsigned>(arguments.size()) / Approximations::threads;
  for (u32 const bits : results<Approximations>(blocks, static_cast<f32 const*>(in.data()), function))
    values.push_back(std::bit_cast<f32>(bits));
  return values;
}

/// relative: share of the value that it may be off; absolute: and what besides.
template <class Exact>
void expect_close(Function function, std::vector<f32> const& arguments, Exact exact, double relative, double absolute) {
  std::vector<double> reference;
  for (f32 const x : arguments) reference.push_back(exact(static_cast<double>(x)));
  EXPECT_TRUE(within(approximations(function, arguments), reference, heddle::testing::close_bound(relative, absolute)));
}

constexpr double ulp = 0x1p-23;  // a unit in the last place is at most this share of a normal number

TEST_F(Machine, Exp2) {
  auto const exact = [](double x) { return std::exp2(x); };
  expect_close(Function::exp2, uniform(argument_count, 1, -126, 127.9f), exact, 2.5 * ulp, 0);
  expect_close(Function::exp2, uniform(argument_count, 2, -1, 1), exact, 2.5 * ulp, 0);
  expect_close(Function::exp2, of_every_exponent(-140, 0, true), exact, 2.5 * ulp, 0);
  // Below 2^-126 a unit is 2^-149.
  expect_close(Function::exp2, uniform(argument_count, 3, -160, -126), exact, 0, 2.5 * 0x1p-149);
}

TEST_F(Machine, Log2) {
  auto const exact = [](double x) { return std::log2(x); };
  expect_close(Function::log2, uniform(argument_count, 4, 0.5f, 2), exact, 0, 0x1p-22);
  expect_close(Function::log2, of_every_exponent(-126, -1, false), exact, 0x1p-22, 0);
  expect_close(Function::log2, of_every_exponent(1, 127, false), exact, 0x1p-22, 0);
}

TEST_F(Machine, Tanh) {
  auto const exact = [](double x) { return std::tanh(x); };
  expect_close(Function::tanh, uniform(argument_count, 5, -6, 6), exact, 0x1p-11, 0);
  expect_close(Function::tanh, of_every_exponent(-126, 20, true), exact, 0x1p-11, 0);
}

TEST_F(Machine, Reciprocals) {
  expect_close(
      Function::reciprocal, of_every_exponent(-126, 125, true), [](double x) { return 1 / x; }, 1.5 * ulp, 0);
  expect_close(
      Function::rsqrt, of_every_exponent(-126, 127, false), [](double x) { return 1 / std::sqrt(x); }, std::exp2(-22.9),
      0);
}

TEST_F(Machine, ApproximationsAtTheEnds) {
  f32 const infinity = INFINITY;
  std::vector<f32> arguments(128, 0.0f);
  arguments[0] = -infinity, arguments[1] = infinity, arguments[2] = -1;
  auto const ends = [&](Function function) {
    auto const values = approximations(function, arguments);
    return std::vector<f32>{values[0], values[1], values[3]};
  };
  EXPECT_EQ(ends(Function::exp2), (std::vector<f32>{0, infinity, 1}));
  EXPECT_EQ(ends(Function::tanh), (std::vector<f32>{-1, 1, 0}));
  EXPECT_EQ(ends(Function::reciprocal), (std::vector<f32>{0, 0, infinity}));
  EXPECT_EQ(approximations(Function::log2, arguments)[3], -infinity);
  EXPECT_EQ(approximations(Function::rsqrt, arguments)[1], 0);
  EXPECT_TRUE(std::isnan(approximations(Function::log2, arguments)[2]));
  EXPECT_TRUE(std::isnan(approximations(Function::rsqrt, arguments)[2]));
}

/// Each thread packs values into a word, and unpacks it again.
template <class T>
struct Packing {
  static constexpr int threads = 128, count = 4 / sizeof(T);
  struct Params {
    u32* result;
    f32 const* values;  // [threads, count]
    f32* unpacked;      // [threads, count]
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    f32 const* const x = p.values + count * threadIdx.x;
    u32 word;
    if constexpr (count == 1)
      word = pack<T>(x[0]);
    else if constexpr (count == 2)
      word = pack<T>(x[0], x[1]);
    else
      word = pack<T>(x[0], x[1], x[2], x[3]);
    p.result[threadIdx.x] = word;
    f32 unpacked[count];
    unpack<T>(word, unpacked);
    for (int i = 0; i < count; ++i) p.unpacked[count * threadIdx.x + i] = unpacked[i];
  }
};

template <class T>
void test_packing() {
  constexpr int count = Packing<T>::count, bits = 8 * sizeof(T);
  std::vector<f32> values = of_every_exponent(-12, 10, true);
  values.resize(128 * count);
  f32 const special[] = {0.0f,    -0.0f,    1e-7f,     -448,        449,          465,          65504,    65520,
                         3.4e38f, INFINITY, -INFINITY, 1 + 0x1p-9f, 1 + 0x1p-11f, 1 + 0x1p-12f, 0x1p-10f, 0x1.8p-9f};
  std::copy(std::begin(special), std::end(special), values.begin());
  DeviceBuffer<f32> in(memory, values), unpacked(memory, 128 * count);
  auto const words = results<Packing<T>>(1, static_cast<f32 const*>(in.data()), unpacked.data());
  auto const wide = unpacked.read();
  for (std::size_t i = 0; i < values.size(); ++i) {
    T const wanted(values[i]);
    u32 const element = words[i / count] >> (i % count * bits) & (~0u >> (32 - bits));
    EXPECT_EQ(element, u32{wanted.bits}) << values[i];
    EXPECT_EQ(std::bit_cast<u32>(wide[i]), std::bit_cast<u32>(static_cast<f32>(wanted))) << values[i];
  }
}

TEST_F(Machine, Packing) {
  test_packing<f16>();
  test_packing<bf16>();
  test_packing<tf32>();
  test_packing<f8e4m3>();
  test_packing<f8e5m2>();
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
