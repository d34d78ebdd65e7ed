// Fixed-point numbers of the random strengths: whole numbers give the same picture on every device, where sums and
// products of floating-point numbers may be fused on one of them and not on the other.
#pragma once

#include "kernels/core/philox.h"

namespace heddle {

/// A strength in [0, 2^14) as a multiple of 2^-16.
constexpr i32 fixed16(f32 strength) { return static_cast<i32>(strength * 65536.0f); }

/// A word as a multiple of 2^-16, evenly from -strength to strength.
constexpr i32 symmetric16(u32 word, f32 strength) {
  return static_cast<i32>(uniform_below(word, static_cast<u32>(2 * fixed16(strength) + 1))) - fixed16(strength);
}

/// value / 2^bits, rounded to the nearest, halves upwards.
constexpr i64 shift_rounded_up(i64 value, int bits) { return (value + (i64{1} << (bits - 1))) >> bits; }

/// The sine of `angle` 2^-32 turns, in multiples of 2^-30 and within 8 of them. Exact at multiples of a quarter turn.
constexpr i32 fixed_sine(u32 angle) {
  constexpr i64 quarter = i64{1} << 30;
  i64 x = static_cast<i32>(angle);
  if (x > quarter) x = 2 * quarter - x;
  if (x < -quarter) x = -2 * quarter - x;
  // x times an even polynomial of degree 8, of least largest error on a half turn; its coefficients add up to 2^30.
  i64 const square = x * x >> 30;
  i64 sum = 161734;
  for (i64 const coefficient : {-5016346, 85564576, -693597809, 1686629669}) sum = (sum * square >> 30) + coefficient;
  return static_cast<i32>(sum * x >> 30);
}

constexpr i32 fixed_cosine(u32 angle) { return fixed_sine(angle + (u32{1} << 30)); }

}  // namespace heddle
