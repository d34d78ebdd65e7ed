// Number types of every kernel, bit-exact and usable in host and device code without a CUDA toolkit.
#pragma once

#include <bit>
#include <cstdint>

namespace heddle {

using f32 = float;
using i8 = std::int8_t;
using u8 = std::uint8_t;
using u16 = std::uint16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

namespace detail {

/// bits / 2^shift, rounded to nearest even.
constexpr u32 shift_rounded(u32 bits, int shift) {
  u32 const below_half = (1u << (shift - 1)) - 1;
  return (bits + below_half + (bits >> shift & 1u)) >> shift;
}

constexpr u32 narrow_to_f16(f32 value) {
  u32 const bits = std::bit_cast<u32>(value);
  u32 const sign = bits >> 16 & 0x8000u;
  u32 const magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return sign | 0x7e00u | (magnitude >> 13 & 0x1ffu);  // a quiet NaN with its payload
  if (magnitude >= 0x47800000u) return sign | 0x7c00u;                              // 2^16 and more: infinity
  // Below 2^-14, f16 is subnormal with a unit of 2^-24, which is that of f32 just above 1/2: the addition rounds.
  if (magnitude < 0x38800000u)
    return sign | (std::bit_cast<u32>(std::bit_cast<f32>(magnitude) + 0.5f) - std::bit_cast<u32>(0.5f));
  return sign | shift_rounded(magnitude - (112u << 23), 13);  // the biases differ by 127 - 15; may carry to infinity
}

constexpr f32 widen_f16(u32 bits) {
  u32 const sign = (bits & 0x8000u) << 16;
  u32 const magnitude = bits & 0x7fffu;
  if (magnitude < 0x400u) return std::bit_cast<f32>(sign | std::bit_cast<u32>(static_cast<f32>(magnitude) * 0x1p-24f));
  u32 const rebias = magnitude < 0x7c00u ? 112u : 224u;  // the largest exponent (infinity, NaN) stays the largest
  return std::bit_cast<f32>(sign | ((magnitude << 13) + (rebias << 23)));
}

constexpr u32 narrow_to_bf16(f32 value) {
  u32 const bits = std::bit_cast<u32>(value);
  bool const nan = (bits & 0x7fffffffu) > 0x7f800000u;
  return nan ? bits >> 16 | 0x40u : shift_rounded(bits, 16);
}

}  // namespace detail

/// IEEE 754 binary16: 5 exponent bits, 10 mantissa bits. From f32 it rounds to nearest even; overflow gives infinity.
struct f16 {
  u16 bits = 0;
  f16() = default;
  constexpr explicit f16(f32 value) : bits(static_cast<u16>(detail::narrow_to_f16(value))) {}
  constexpr explicit operator f32() const { return detail::widen_f16(bits); }
};

/// bfloat16: the upper half of an f32, rounded to nearest even.
struct bf16 {
  u16 bits = 0;
  bf16() = default;
  constexpr explicit bf16(f32 value) : bits(static_cast<u16>(detail::narrow_to_bf16(value))) {}
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
