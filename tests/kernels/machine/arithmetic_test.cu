// Functions of CUDA C++ on numbers and on the bits of words.
#include <bit>
#include <cmath>
#include <cstdlib>

#include "kernels/core/philox.h"
#include "tests/kernels/machine/primitive_test.cuh"

namespace heddle::HEDDLE_BACKEND {
namespace {

struct Arithmetic {
  static constexpr int threads = 32;
  struct Params {
    u32* result;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    f32 const a = 0.1f + 3.7f * static_cast<f32>(threadIdx.x);
    f32 const root = rsqrtf(a) * sqrtf(a);  // 1, up to rounding
    int const spread = max(static_cast<int>(threadIdx.x), 10) - min(static_cast<int>(threadIdx.x), 10);
    p.result[threadIdx.x] = fabsf(root - 1) < 0x1p-21f ? static_cast<u32>(spread) : 999;
  }
};

TEST_F(Machine, Arithmetic) {
  EXPECT_EQ(results<Arithmetic>(1), expected(32, 1, [](int t, int) { return std::abs(t - 10); }));
}

enum class Bits : u8 { popc, popcll, ffs, ffsll, clz, clzll, brev, shift_left, shift_right, byte_perm, fma_low_bits };

struct BitFunctions {
  static constexpr int threads = 64;
  struct Params {
    u32* result;
    u32 const* values;  // [threads, 3]
    Bits function;
  };
  using SharedStorage = Nothing;
  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    u32 const a = p.values[3 * threadIdx.x], b = p.values[3 * threadIdx.x + 1], c = p.values[3 * threadIdx.x + 2];
    u64 const both = u64{b} << 32 | a;
    u32 result = 0;
    if (p.function == Bits::popc) result = static_cast<u32>(__popc(a));
    if (p.function == Bits::popcll) result = static_cast<u32>(__popcll(both));
    if (p.function == Bits::ffs) result = static_cast<u32>(__ffs(static_cast<int>(a)));
    if (p.function == Bits::ffsll) result = static_cast<u32>(__ffsll(static_cast<long long>(both)));
    if (p.function == Bits::clz) result = static_cast<u32>(__clz(static_cast<int>(a)));
    if (p.function == Bits::clzll) result = static_cast<u32>(__clzll(static_cast<long long>(both)));
    if (p.function == Bits::brev) result = __brev(a);
    if (p.function == Bits::shift_left) result = __funnelshift_l(a, b, c);
    if (p.function == Bits::shift_right) result = __funnelshift_r(a, b, c);
    if (p.function == Bits::byte_perm) result = __byte_perm(a, b, c & 0x7777u);
    if (p.function == Bits::fma_low_bits)  // what the product of two f32 loses
      result = __float_as_uint(__fmaf_rn(__uint_as_float(a), __uint_as_float(b), -__int_as_float(static_cast<int>(c))));
    p.result[threadIdx.x] = result;
  }
};

/// Of word i, counted from the lowest bit: bit by bit.
bool bit(u64 word, int i) { return (word >> i & 1u) != 0; }

u32 wanted(Bits function, u32 a, u32 b, u32 c) {
  u64 const both = u64{b} << 32 | a;
  u32 count = 0, reversed = 0, bytes = 0;
  switch (function) {
    case Bits::popc:
    case Bits::popcll:
      for (int i = 0; i < (function == Bits::popc ? 32 : 64); ++i) count += bit(both, i);
      return count;
    case Bits::ffs:
    case Bits::ffsll:
      for (int i = 0; i < (function == Bits::ffs ? 32 : 64); ++i)
        if (bit(both, i)) return static_cast<u32>(i + 1);
      return 0;
    case Bits::clz:
    case Bits::clzll:
      for (int i = (function == Bits::clz ? 31 : 63); i >= 0 && !bit(both, i); --i) ++count;
      return count;
    case Bits::brev:
      for (int i = 0; i < 32; ++i) reversed |= u32{bit(a, 31 - i)} << i;
      return reversed;
    case Bits::shift_left:
      return c % 32 == 0 ? b : b << c % 32 | a >> (32 - c % 32);
    case Bits::shift_right:
      return c % 32 == 0 ? a : a >> c % 32 | b << (32 - c % 32);
    case Bits::byte_perm:
      for (int i = 0; i < 4; ++i) bytes |= static_cast<u32>(both >> 8 * (c >> 4 * i & 7u) & 0xffu) << 8 * i;
      return bytes;
    case Bits::fma_low_bits: {
      double const product = double{std::bit_cast<f32>(a)} * std::bit_cast<f32>(b);
      return std::bit_cast<u32>(static_cast<f32>(product - std::bit_cast<f32>(c)));
    }
  }
  return 0;
}

TEST_F(Machine, BitsOfWords) {
  std::vector<u32> values;
  for (u64 i = 0; i < 3 * 64; ++i) values.push_back(philox(4, 0, i)[0] >> (i / 3 % 4 * 9));
  for (std::size_t i = 0; i < 6; ++i) values[i] = i == 4 ? 1 : 0;  // no bit in either word, or only in the upper one
  DeviceBuffer<u32> in(memory, values);
  for (Bits const function : {Bits::popc, Bits::popcll, Bits::ffs, Bits::ffsll, Bits::clz, Bits::clzll, Bits::brev,
                              Bits::shift_left, Bits::shift_right, Bits::byte_perm})
    EXPECT_EQ(results<BitFunctions>(1, static_cast<u32 const*>(in.data()), function),
              expected(64, 1,
                       [&](int t, int) {
                         std::size_t const first = 3 * static_cast<std::size_t>(t);
                         return wanted(function, values[first], values[first + 1], values[first + 2]);
                       }))
        << static_cast<int>(function);
}

TEST_F(Machine, FusedMultiplyAddRoundsOnce) {
  std::vector<u32> values;
  for (u64 i = 0; i < 64; ++i) {
    f32 const a = 1 + uniform01(philox(5, 0, i)[0]), b = 1 + uniform01(philox(5, 0, i)[1]);
    for (f32 const value : {a, b, a * b}) values.push_back(std::bit_cast<u32>(value));
  }
  DeviceBuffer<u32> in(memory, values);
  EXPECT_EQ(results<BitFunctions>(1, static_cast<u32 const*>(in.data()), Bits::fma_low_bits),
            expected(64, 1, [&](int t, int) {
              std::size_t const first = 3 * static_cast<std::size_t>(t);
              return wanted(Bits::fma_low_bits, values[first], values[first + 1], values[first + 2]);
            }));
}

}  // namespace
}  // namespace heddle::HEDDLE_BACKEND
