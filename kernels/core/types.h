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

/// To an FP8 of so many mantissa bits; saturates at the pattern `largest`.
template <u32 mantissa_bits, u32 largest>
constexpr u32 narrow_to_f8(f32 value) {
  constexpr u32 dropped = 23 - mantissa_bits, unit = 1u << 23;    // of the exponent
  constexpr u32 rebias = (128u - (64u >> mantissa_bits)) * unit;  // the bias is 2^(6 - mantissa_bits) - 1
  u32 const bits = std::bit_cast<u32>(value);
  u32 const sign = bits >> 24 & 0x80u;
  u32 const magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return 0x7fu;  // the only NaN that conversions give
  if (magnitude >= (largest << dropped) + rebias) return sign | largest;
  // Subnormal numbers have the unit of f32 just above `aligned`: the addition rounds.
  if (magnitude < rebias + unit) {
    constexpr u32 aligned = rebias + (dropped + 1) * unit;
    return sign | (std::bit_cast<u32>(std::bit_cast<f32>(magnitude) + std::bit_cast<f32>(aligned)) - aligned);
  }
  return sign | shift_rounded(magnitude - rebias, dropped);
}

constexpr f32 widen_f8e4m3(u32 bits) {
  u32 const sign = (bits & 0x80u) << 24;
  u32 const magnitude = bits & 0x7fu;
  if (magnitude == 0x7fu) return std::bit_cast<f32>(sign | 0x7fc00000u);
  if (magnitude < 0x8u) return std::bit_cast<f32>(sign | std::bit_cast<u32>(static_cast<f32>(magnitude) * 0x1p-9f));
  return std::bit_cast<f32>(sign | ((magnitude << 20) + (120u << 23)));
}

constexpr u32 narrow_to_tf32(f32 value) {
  u32 const bits = std::bit_cast<u32>(value);
  bool const nan = (bits & 0x7fffffffu) > 0x7f800000u;
  return nan ? 0x7fffffffu : (bits + 0x1000u) & ~0x1fffu;  // the carry may reach the exponent, up to infinity
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

/// FP8 with 4 exponent bits and 3 mantissa bits ("FP8 formats for deep learning", arXiv 2209.05433): no infinity, one
/// NaN of each sign. From f32 it rounds to nearest even and saturates at 448, as cvt.rn.satfinite.e4m3x2.f32 does.
struct f8e4m3 {
  u8 bits = 0;
  f8e4m3() = default;
  constexpr explicit f8e4m3(f32 value) : bits(static_cast<u8>(detail::narrow_to_f8<3, 0x7e>(value))) {}
  constexpr explicit operator f32() const { return detail::widen_f8e4m3(bits); }
};

/// FP8 with 5 exponent bits and 2 mantissa bits (the same paper): the upper byte of an f16, with infinities and NaN.
/// From f32 it rounds to nearest even and saturates at 57344, infinity too, as cvt.rn.satfinite.e5m2x2.f32 does.
struct f8e5m2 {
  u8 bits = 0;
  f8e5m2() = default;
  constexpr explicit f8e5m2(f32 value) : bits(static_cast<u8>(detail::narrow_to_f8<2, 0x7b>(value))) {}
  constexpr explicit operator f32() const { return detail::widen_f16(static_cast<u32>(bits) << 8); }
};

/// An f32 of 10 mantissa bits, the lower 13 being zero. From f32 it rounds to nearest, halves away from zero, as
/// cvt.rna.tf32.f32 does; overflow gives infinity.
struct tf32 {
  u32 bits = 0;
  tf32() = default;
  constexpr explicit tf32(f32 value) : bits(detail::narrow_to_tf32(value)) {}
  constexpr explicit operator f32() const { return std::bit_cast<f32>(bits); }
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
template <>
inline constexpr f32 unit_roundoff<f8e4m3> = 0x1p-4f;
template <>
inline constexpr f32 unit_roundoff<f8e5m2> = 0x1p-3f;
template <>
inline constexpr f32 unit_roundoff<tf32> = 0x1p-11f;

/// Whether T is an FP8.
template <class T>
inline constexpr bool is_f8 = false;
template <>
inline constexpr bool is_f8<f8e4m3> = true;
template <>
inline constexpr bool is_f8<f8e5m2> = true;

}  // namespace heddle
