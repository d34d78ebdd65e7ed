// Number types of every kernel, bit-exact and usable in host and device code without a CUDA toolkit.
#pragma once

#include <bit>
#include <cstdint>

namespace heddle {

using f32 = float;
using i8 = std::int8_t;
using u8 = std::uint8_t;
using i32 = std::int32_t;
using i64 = std::int64_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

namespace detail {

/// The bits of `value` in the narrower binary format with `exponent_bits` and `mantissa_bits`,
/// rounded to nearest even; overflow gives infinity, NaN stays a quiet NaN.
constexpr u32 narrow_float(f32 value, int exponent_bits, int mantissa_bits) {
  u32 const bits = std::bit_cast<u32>(value);
  u32 const sign = bits >> 31 << (exponent_bits + mantissa_bits);
  u32 const magnitude = bits & 0x7fffffffu;
  u32 const infinity = ((1u << exponent_bits) - 1) << mantissa_bits;
  if (magnitude > 0x7f800000u) return sign | infinity | 1u << (mantissa_bits - 1);

  int const bias = (1 << (exponent_bits - 1)) - 1;
  int const exponent = static_cast<int>(magnitude >> 23) - 127;
  if (exponent > bias) return sign | infinity;
  bool const subnormal = exponent < 1 - bias;
  int const shift = 23 - mantissa_bits + (subnormal ? 1 - bias - exponent : 0);
  if (shift > 24) return sign;

  u32 const mantissa = (magnitude & 0x7fffffu) | 0x800000u;
  u32 const half = 1u << (shift - 1);
  u32 const kept = mantissa >> shift;
  u32 const rest = mantissa & ((1u << shift) - 1);
  u32 const rounded = kept + ((rest > half || (rest == half && (kept & 1))) ? 1u : 0u);
  // The implicit one of a normal number carries into the exponent field by itself.
  u32 const field = subnormal ? 0u : static_cast<u32>(exponent + bias - 1) << mantissa_bits;
  return sign | (field + rounded);
}

/// The exact value of the bits of such a narrower format.
constexpr f32 widen_float(u32 bits, int exponent_bits, int mantissa_bits) {
  u32 const sign = (bits >> (exponent_bits + mantissa_bits) & 1u) << 31;
  u32 const exponent = bits >> mantissa_bits & ((1u << exponent_bits) - 1);
  u32 mantissa = bits & ((1u << mantissa_bits) - 1);
  int const bias = (1 << (exponent_bits - 1)) - 1;
  if (exponent == (1u << exponent_bits) - 1)
    return std::bit_cast<f32>(sign | 0x7f800000u | mantissa << (23 - mantissa_bits));
  if (exponent == 0) {
    if (mantissa == 0) return std::bit_cast<f32>(sign);
    int shift = 0;
    while (!(mantissa >> mantissa_bits & 1u)) {
      mantissa <<= 1;
      ++shift;
    }
    if (1 - bias - shift < -126) {  // as subnormal in f32 too (bf16)
      u32 const raw = (bits & ((1u << mantissa_bits) - 1)) << (23 - mantissa_bits);
      return std::bit_cast<f32>(sign | raw);
    }
    u32 const field = static_cast<u32>(1 - bias - shift + 127) << 23;
    return std::bit_cast<f32>(sign | field | (mantissa & ((1u << mantissa_bits) - 1)) << (23 - mantissa_bits));
  }
  u32 const field = static_cast<u32>(static_cast<int>(exponent) - bias + 127) << 23;
  return std::bit_cast<f32>(sign | field | mantissa << (23 - mantissa_bits));
}

}  // namespace detail

/// IEEE 754 binary16: 5 exponent bits, 10 mantissa bits.
struct f16 {
  std::uint16_t bits = 0;
  f16() = default;
  constexpr explicit f16(f32 value) : bits(static_cast<std::uint16_t>(detail::narrow_float(value, 5, 10))) {}
  constexpr explicit operator f32() const { return detail::widen_float(bits, 5, 10); }
};

/// bfloat16: the upper half of an f32.
struct bf16 {
  std::uint16_t bits = 0;
  bf16() = default;
  constexpr explicit bf16(f32 value) : bits(static_cast<std::uint16_t>(detail::narrow_float(value, 8, 7))) {}
  constexpr explicit operator f32() const { return std::bit_cast<f32>(static_cast<u32>(bits) << 16); }
};

/// What rounds to `T` is off by at most this share of its magnitude (half a unit in the last place).
template <class T>
inline constexpr f32 unit_roundoff = 0;
template <>
inline constexpr f32 unit_roundoff<f32> = 0x1p-24f;
template <>
inline constexpr f32 unit_roundoff<f16> = 0x1p-11f;
template <>
inline constexpr f32 unit_roundoff<bf16> = 0x1p-8f;

}  // namespace heddle
