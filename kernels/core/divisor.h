// Division by a number that is known when a kernel is launched: a multiplication and a shift in place of the long
// division of 64-bit integers (Granlund, Montgomery 1994, "Division by invariant integers using multiplication").
#pragma once

#include <bit>

#include "kernels/core/types.h"

namespace heddle {

/// The upper half of the product.
constexpr u64 multiply_high(u64 a, u64 b) {
  u64 const a_low = static_cast<u32>(a), a_high = a >> 32, b_low = static_cast<u32>(b), b_high = b >> 32;
  u64 const middle = a_high * b_low + (a_low * b_low >> 32);
  u64 const other = a_low * b_high + static_cast<u32>(middle);
  return a_high * b_high + (middle >> 32) + (other >> 32);
}

/// Divides numbers below 2^63 by one divisor, which is at least 1 and below 2^62.
class Divisor {
 public:
  constexpr explicit Divisor(i64 divisor = 1) : divisor_(static_cast<u64>(divisor)) {
    // With 2^(s - 1) < d <= 2^s the multiplier is ceil(2^(63 + s) / d), below 2^64, and it is too large by less than
    // d / 2^(63 + s) <= 2^-63: too little to reach the next quotient.
    int const shift = std::bit_width(divisor_ - 1);
    u64 quotient = 0, rest = 1;
    for (int bit = 0; bit < 63 + shift; ++bit) {
      quotient = 2 * quotient + (2 * rest >= divisor_ ? 1 : 0);
      rest = 2 * rest >= divisor_ ? 2 * rest - divisor_ : 2 * rest;
    }
    // A divisor of 1 leaves no rest below it: its multiplier, 2^63, is set as such.
    multiplier_ = divisor_ == 1 ? u64{1} << 63 : quotient + (rest != 0 ? 1 : 0);
    shift_ = shift;
  }

  constexpr i64 quotient(i64 value) const {
    // The product over 2^63, of which the upper half has lost the lowest bit: doubling the value brings it back.
    return static_cast<i64>(multiply_high(2 * static_cast<u64>(value), multiplier_) >> shift_);
  }
  constexpr i64 remainder(i64 value) const { return value - quotient(value) * static_cast<i64>(divisor_); }
  constexpr i64 value() const { return static_cast<i64>(divisor_); }

 private:
  u64 divisor_, multiplier_ = 0;
  int shift_ = 0;
};

}  // namespace heddle
