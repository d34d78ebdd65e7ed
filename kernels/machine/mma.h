// Which products mma.sync has (PTX ISA, "Warp-level matrix instructions"): D [16, 8] += A [16, k] B [k, 8].
#pragma once

#include <concepts>

#include "kernels/core/types.h"

namespace heddle {

/// What becomes of an integer sum beyond 32 bits: it is taken modulo 2^32, or becomes the nearest that fits.
enum class Overflow : u8 { wraps, saturates };

/// Elements along k, for A in so many words a lane.
template <class T>
constexpr int mma_k(int words) {
  return 2 * words * (4 / static_cast<int>(sizeof(T)));
}

/// Whether elements A and B are multiplied for accumulators in registers D; u32 are pairs of f16.
template <class A, class B, class D>
constexpr bool mma_exists(int words, Overflow overflow) {
  if (words != 2 && words != 4) return false;
  constexpr bool integers = (std::same_as<A, i8> || std::same_as<A, u8>)&&(std::same_as<B, i8> || std::same_as<B, u8>);
  if (integers) return std::same_as<D, i32>;
  if (overflow != Overflow::wraps) return false;
  if (is_f8<A> && is_f8<B>) return words == 4 && (std::same_as<D, f32> || std::same_as<D, u32>);
  if (!std::same_as<A, B>) return false;
  if (std::same_as<D, u32>) return std::same_as<A, f16>;
  return std::same_as<D, f32> && (std::same_as<A, f16> || std::same_as<A, bf16> || std::same_as<A, tf32>);
}

}  // namespace heddle
