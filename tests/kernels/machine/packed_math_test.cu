// Arithmetic on pairs: exact against double precision where it is rounded once, within the promised error where it is
// approximate. Each pair is of unrelated numbers, so that halves which change places are seen.
#include <cmath>
#include <limits>

#include "kernels/core/philox.h"
#include "tests/kernels/machine/primitive_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

enum class Function : u8 { fma, max, min, exp2, tanh };

template <class T>
struct Packed {
  static constexpr int threads = 128;
  struct Params {
    u32* result;
    u32 const *a, *b, *c;
    Function function;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    u32 const i = blockIdx.x * threads + threadIdx.x;
    u32 result = 0;
    if (p.function == Function::fma) result = fma_packed<T>(p.a[i], p.b[i], p.c[i]);
    if (p.function == Function::max) result = max_packed<T>(p.a[i], p.b[i]);
    if (p.function == Function::min) result = min_packed<T>(p.a[i], p.b[i]);
    if (p.function == Function::exp2) result = exp2_approximate_packed<T>(p.a[i]);
    if (p.function == Function::tanh) result = tanh_approximate_packed<T>(p.a[i]);
    p.result[i] = result;
  }
};

constexpr unsigned blocks = 64;
constexpr std::size_t count = blocks * 128;

/// Words of any bits, and of the numbers where rules change.
std::vector<u32> words(u64 seed) {
  constexpr u16 special[] = {0, 0x8000, 1, 0x8001, 0x7bff, 0x7c00, 0xfc00, 0x7f80, 0xff80, 0x7fff, 0x3c00, 0x3f80};
  std::vector<u32> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto const random = philox(seed, 0, i);
    values[i] = random[0];
    if (random[1] % 8 == 0) values[i] = values[i] << 16 | special[random[2] % std::size(special)];
    if (random[3] % 8 == 0) values[i] = values[i] >> 16 | u32{special[random[1] / 8 % std::size(special)]} << 16;
  }
  return values;
}

template <class T>
f32 half(u32 word, int which) {
  T element;
  element.bits = static_cast<u16>(word >> 16 * which);
  return static_cast<f32>(element);
}

/// check(result, a, b, c) for each half of all words.
template <class T, class Check>
void for_each_half(Function function, std::vector<u32> const& a, Check check) {
  std::vector<u32> const b = words(2), c = words(3);
  DeviceBuffer<u32> a_buffer(memory, a), b_buffer(memory, b), c_buffer(memory, c);
  auto const result =
      results<Packed<T>>(blocks, static_cast<u32 const*>(a_buffer.data()), static_cast<u32 const*>(b_buffer.data()),
                         static_cast<u32 const*>(c_buffer.data()), function);
  for (std::size_t i = 0; i < count; ++i)
    for (int which = 0; which < 2; ++which) {
      SCOPED_TRACE(::testing::Message() << std::hex << a[i] << " " << b[i] << " " << c[i] << " half " << which);
      check(half<T>(result[i], which), half<T>(a[i], which), half<T>(b[i], which), half<T>(c[i], which));
    }
}

/// Expects the number, of the sign of a zero too, or NaN.
void expect_same(f32 result, f32 wanted) {
  if (std::isnan(wanted))
    EXPECT_TRUE(std::isnan(result)) << result;
  else
    EXPECT_EQ(std::bit_cast<u32>(result), std::bit_cast<u32>(wanted)) << result << " for " << wanted;
}

/// a b + c of finite numbers, rounded once. The sign of what exceeds a middle between neighbours is exact, as the
/// larger of product and c comes near to it.
template <class T>
f32 fused(f32 a, f32 b, f32 c) {
  long double const product = static_cast<long double>(a) * b, sum = product + c;
  T const guess(static_cast<f32>(sum));
  f32 const value = static_cast<f32>(guess);
  if (sum == 0 || !std::isfinite(value)) return value;
  auto const neighbour = [&](int step) {
    T result = guess;
    result.bits = static_cast<u16>(result.bits + step);
    return static_cast<f32>(result);
  };
  // Above 0: the exact sum is farther from 0 than the middle between guess and other.
  auto const beyond_middle = [&](f32 other) {
    long double const middle = (static_cast<long double>(value) + other) / 2;
    long double const excess = std::abs(product) > std::abs(c) ? (product - middle) + c : (c - middle) + product;
    return std::signbit(sum) ? -excess : excess;
  };
  bool const odd = guess.bits % 2 == 1;
  if (long double const excess = beyond_middle(neighbour(1)); excess > 0 || (excess == 0 && odd)) return neighbour(1);
  if (value == 0) return value;
  if (long double const excess = beyond_middle(neighbour(-1)); excess < 0 || (excess == 0 && odd)) return neighbour(-1);
  return value;
}

template <class T>
void test_fma() {
  for_each_half<T>(Function::fma, words(1), [](f32 result, f32 a, f32 b, f32 c) {
    bool const finite = std::isfinite(a) && std::isfinite(b) && std::isfinite(c);
    f32 const unbounded = static_cast<f32>(double{a} * b + c);  // in f32 the product of finite numbers may overflow
    expect_same(result, finite ? fused<T>(a, b, c) : unbounded);
  });
}

TEST_F(Machine, PackedFma) {
  test_fma<f16>();
  test_fma<bf16>();
}

/// A product in the middle between two numbers, and a sum so small that f32 and double forget it.
TEST_F(Machine, PackedFmaRoundsOnce) {
  // 1.5 * 1.0078125 (bf16): 1.51171875 lies between 1.5078125 and 1.515625.
  u32 const a = 0x3fc0, b = 0x3f81, tiny = 0x0d80, minus_tiny = 0x8d80;
  for (u32 const c : {tiny, minus_tiny}) {
    std::vector<u32> const as(count, a), bs(count, b), cs(count, c);
    DeviceBuffer<u32> a_buffer(memory, as), b_buffer(memory, bs), c_buffer(memory, cs);
    auto const result =
        results<Packed<bf16>>(1, static_cast<u32 const*>(a_buffer.data()), static_cast<u32 const*>(b_buffer.data()),
                              static_cast<u32 const*>(c_buffer.data()), Function::fma);
    EXPECT_EQ(result[0] & 0xffffu, c == tiny ? 0x3fc2u : 0x3fc1u);
  }
}

template <class T>
void test_order() {
  auto const larger = [](f32 a, f32 b) {
    if (std::isnan(a)) return b;
    if (std::isnan(b)) return a;
    return a > b || (a == b && !std::signbit(a)) ? a : b;
  };
  for_each_half<T>(Function::max, words(1), [&](f32 result, f32 a, f32 b, f32) { expect_same(result, larger(a, b)); });
  for_each_half<T>(Function::min, words(1),
                   [&](f32 result, f32 a, f32 b, f32) { expect_same(result, -larger(-a, -b)); });
}

TEST_F(Machine, PackedMaxAndMin) {
  test_order<f16>();
  test_order<bf16>();
}

/// From -last to last.
template <class T>
std::vector<u32> arguments(f32 last) {
  std::vector<u32> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto const random = philox(9, 0, i);
    f32 const x = last * (2 * uniform01(random[0]) - 1), y = last * (2 * uniform01(random[1]) - 1);
    values[i] = T(x).bits | static_cast<u32>(T(y).bits) << 16;
  }
  return values;
}

template <class T>
void test_exp2(f32 last, double error) {
  for_each_half<T>(Function::exp2, arguments<T>(last), [&](f32 result, f32 x, f32, f32) {
    double const exact = std::exp2(double{x});
    EXPECT_LE(std::abs(result - exact), error * exact);
  });
}

template <class T>
void test_tanh(double error) {
  for (f32 const last : {0.1f, 4.0f, 100.0f})
    for_each_half<T>(Function::tanh, arguments<T>(last),
                     [&](f32 result, f32 x, f32, f32) { EXPECT_LE(std::abs(result - std::tanh(double{x})), error); });
}

TEST_F(Machine, PackedApproximationsOfF16) {
  test_exp2<f16>(13.9f, std::exp2(-9.9));
  test_tanh<f16>(std::exp2(-10.987));
}

TEST_F(Hopper, PackedApproximationsOfBf16) {
  test_exp2<bf16>(120.0f, 0x1p-7);
  test_tanh<bf16>(0x1p-8);
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
