// The arithmetic of the emulated matrix unit, for mma.sync and wgmma.
//
// PTX leaves the order and the precision of floating-point sums open. Here products are exact, and c + sum a b is added
// up in double in the order of k, then rounded once to f32, to nearest even (for f16 accumulators, from there to f16).
// As products are exact in double, the result is the same however the compiler vectorises or contracts. GPUs instead
// align the terms of an instruction to the largest and cut off what lies below 2^-24 or so of it, 2^-13 for f8
// (arXiv 2511.10909): results there differ in the last bits. Integer sums are exact modulo 2^32 on both.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <type_traits>

#include "kernels/core/types.h"

namespace heddle::emulated::detail {

/// What elements T of A and B are widened to, and summed in.
template <class T>
using Wide = std::conditional_t<std::integral<T>, u32, double>;

template <class T>
Wide<T> widen(T element) {
  if constexpr (std::integral<T>)
    return static_cast<u32>(static_cast<i32>(element));
  else if constexpr (std::same_as<T, tf32>)
    return std::bit_cast<f32>(element.bits & ~0x1fffu);  // the low bits are ignored
  else
    return static_cast<f32>(element);
}

inline u32 widen_accumulator(i32 element) { return static_cast<u32>(element); }
inline double widen_accumulator(f32 element) { return element; }
inline double widen_accumulator(f16 element) { return static_cast<f32>(element); }

/// A sum as an element of the accumulator. The one NaN is that of the hardware, all bits but the sign.
inline void narrow_accumulator(i32& element, u32 sum) { element = static_cast<i32>(sum); }
inline void narrow_accumulator(f32& element, double sum) {
  element = std::isnan(sum) ? std::bit_cast<f32>(0x7fffffffu) : static_cast<f32>(sum);
}
inline void narrow_accumulator(f16& element, double sum) {
  element = f16(static_cast<f32>(sum));
  if (std::isnan(sum)) element.bits = 0x7fff;
}

/// element += sum, which is that of products and fits in 32 bits; to the nearest that fits.
inline void add_saturating(i32& element, u32 sum) {
  i64 const exact = i64{element} + static_cast<i32>(sum);
  element = static_cast<i32>(std::clamp<i64>(exact, INT32_MIN, INT32_MAX));
}

/// d += a b.
template <int m, int n, int k, class W>
void multiply_accumulate(W (&d)[m][n], W const (&a)[m][k], W const (&b)[k][n]) {
  for (int row = 0; row < m; ++row)
    for (int i = 0; i < k; ++i)
      for (int column = 0; column < n; ++column) d[row][column] += a[row][i] * b[i][column];
}

}  // namespace heddle::emulated::detail
