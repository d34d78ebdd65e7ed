// Arithmetic on the two f16 or bf16 of a word (PTX ISA, "Half Precision Floating Point Instructions"): T is f16 or
// bf16. What packs them and takes them apart: convert.cuh.
#pragma once

#include <bit>
#include <cmath>
#include <concepts>
#include <limits>

#include "kernels/machine/host/convert.cuh"
#include "kernels/machine/host/scheduler/block.h"

namespace heddle::emulated {

namespace detail {

/// The NaN that half-precision instructions give.
template <class T>
T with_canonical_nan(f32 value) {
  T result(value);
  if (std::isnan(value)) result.bits = 0x7fff;
  return result;
}

/// operation(elements of the words…) for either half.
template <class T, class Operation, class... Words>
u32 on_halves(Operation operation, Words... words) {
  auto const element = [](u32 word, std::size_t i) {
    return static_cast<f32>(std::bit_cast<Packed<T>>(word).elements[i]);
  };
  Packed<T> result = {};
  for (std::size_t i = 0; i < 2; ++i) result.elements[i] = with_canonical_nan<T>(operation(element(words, i)...));
  return std::bit_cast<u32>(result);
}

/// a b + c with as many bits as an f32 has, the last of which is set when the value is not exact: what rounds this to
/// fewer bits rounds the exact value.
inline f32 fma_to_odd(f32 a, f32 b, f32 c) {
  double const product = double{a} * b, sum = product + c;  // the product is exact
  f32 const nearest = static_cast<f32>(sum);
  if (!std::isfinite(nearest)) return nearest;
  double const part = sum - product, lost = (product - (sum - part)) + (c - part);  // by the sum (Knuth)
  double const error = (sum - nearest) + lost;
  if (error == 0 || std::bit_cast<u32>(nearest) % 2 == 1) return nearest;
  return std::nextafter(nearest, std::copysign(std::numeric_limits<f32>::infinity(), static_cast<f32>(error)));
}

/// Of two zeros, the one of positive sign is larger; of a number and NaN, the number.
inline f32 larger(f32 a, f32 b) {
  if (std::isnan(a) || (a == 0 && b == 0 && std::signbit(a))) return b;
  return a < b ? b : a;
}

template <class T>
void check_approximations(char const* operation) {
  if constexpr (std::same_as<T, bf16>) Block::current(operation).check_architecture(operation, 90);
}

}  // namespace detail

/// a b + c, rounded once, to nearest even. One NaN stands for all.
template <class T>
u32 fma_packed(u32 a, u32 b, u32 c) {
  return detail::on_halves<T>(detail::fma_to_odd, a, b, c);
}

/// The larger of two; of a number and NaN the number. +0 is larger than -0.
template <class T>
u32 max_packed(u32 a, u32 b) {
  return detail::on_halves<T>(detail::larger, a, b);
}

/// The smaller likewise.
template <class T>
u32 min_packed(u32 a, u32 b) {
  return detail::on_halves<T>([](f32 x, f32 y) { return -detail::larger(-x, -y); }, a, b);
}

/// 2^x with a relative error of at most 2^-9.9 (f16) or 2^-7 (bf16, whose subnormals are zero). bf16 needs sm_90.
template <class T>
u32 exp2_approximate_packed(u32 x) {
  detail::check_approximations<T>("exp2_approximate_packed");
  return detail::on_halves<T>(
      [](f32 value) {
        f32 const result = std::exp2(value);
        return std::same_as<T, bf16> && result < std::numeric_limits<f32>::min() ? 0 : result;
      },
      x);
}

/// tanh(x) within 2^-10.987 (f16) or 2^-8 (bf16). bf16 needs sm_90.
template <class T>
u32 tanh_approximate_packed(u32 x) {
  detail::check_approximations<T>("tanh_approximate_packed");
  return detail::on_halves<T>([](f32 value) { return std::tanh(value); }, x);
}

}  // namespace heddle::emulated
