// Which products wgmma has (PTX ISA, wgmma.mma_async): D [64, n] from A [64, k] and B [k, n], k being 32 bytes.
#pragma once

#include <concepts>

#include "kernels/machine/matrix_descriptor.h"

namespace heddle {

struct WgmmaOptions {
  Major a = Major::k, b = Major::k;  // mn: of elements of 16 bits; A in registers has none
  bool negate_a = false, negate_b = false;
};

constexpr int warpgroup_size = 128;

/// Elements along k.
template <class T>
inline constexpr int wgmma_k = 32 / static_cast<int>(sizeof(T));

/// n of a D in `registers` of this type a thread: f32 and i32 are one element, u32 are pairs of f16.
template <class D>
constexpr int wgmma_n(int registers) {
  return (std::same_as<D, u32> ? 4 : 2) * registers;
}

/// Whether elements A and B are multiplied for accumulators in registers D with these options.
template <class A, class B, class D>
constexpr bool wgmma_exists(int n, WgmmaOptions options) {
  bool const mn_major = options.a == Major::mn || options.b == Major::mn;
  if (n < 8 || n > 256 || n % 8 != 0 || (mn_major && sizeof(A) != 2)) return false;
  if (is_f8<A> && is_f8<B>) return std::same_as<D, f32> || std::same_as<D, u32>;
  if (!std::same_as<A, B>) return false;
  if (std::same_as<A, i8> || std::same_as<A, u8>)
    return std::same_as<D, i32> && !options.negate_a && !options.negate_b && (n % 16 == 0 || n <= 24);
  if (std::same_as<D, u32>) return std::same_as<A, f16>;
  return std::same_as<D, f32> && (std::same_as<A, bf16> || std::same_as<A, f16> || std::same_as<A, tf32>);
}

}  // namespace heddle
