// Arithmetic on the two f16 or bf16 of a word (PTX ISA, "Half Precision Floating Point Instructions"): T is f16 or
// bf16. What packs them and takes them apart: convert.cuh.
#pragma once

#include <concepts>

#include "kernels/core/types.h"
#include "kernels/machine/cuda/architecture.cuh"

namespace heddle::cuda {

namespace detail {

template <class T>
struct PackedText;
template <>
struct PackedText<f16> {
  static constexpr char type[] = "f16x2", flush[] = "";
};
template <>
struct PackedText<bf16> {
  static constexpr char type[] = "bf16x2", flush[] = ".ftz";
};

/// Whether the approximations of T are there.
template <class T>
inline constexpr bool has_approximations = std::same_as<T, f16> || architecture >= 90;

}  // namespace detail

/// a b + c, rounded once, to nearest even. One NaN stands for all.
template <class T>
__device__ u32 fma_packed(u32 a, u32 b, u32 c) {
  u32 result;
  asm("fma.rn.%4 %0, %1, %2, %3;" : "=r"(result) : "r"(a), "r"(b), "r"(c), "C"(detail::PackedText<T>::type));
  return result;
}

/// The larger of two; of a number and NaN the number. +0 is larger than -0.
template <class T>
__device__ u32 max_packed(u32 a, u32 b) {
  u32 result;
  asm("max.%3 %0, %1, %2;" : "=r"(result) : "r"(a), "r"(b), "C"(detail::PackedText<T>::type));
  return result;
}

/// The smaller likewise.
template <class T>
__device__ u32 min_packed(u32 a, u32 b) {
  u32 result;
  asm("min.%3 %0, %1, %2;" : "=r"(result) : "r"(a), "r"(b), "C"(detail::PackedText<T>::type));
  return result;
}

/// 2^x with a relative error of at most 2^-9.9 (f16) or 2^-7 (bf16, whose subnormals are zero). bf16 needs sm_90.
template <class T>
__device__ u32 exp2_approximate_packed(u32 x) {
  u32 result = 0;
  if constexpr (detail::has_approximations<T>)
    asm("ex2.approx%3.%2 %0, %1;"
        : "=r"(result)
        : "r"(x), "C"(detail::PackedText<T>::type), "C"(detail::PackedText<T>::flush));
  else
    __trap();
  return result;
}

/// tanh(x) within 2^-10.987 (f16) or 2^-8 (bf16). bf16 needs sm_90.
template <class T>
__device__ u32 tanh_approximate_packed(u32 x) {
  u32 result = 0;
  if constexpr (detail::has_approximations<T>)
    asm("tanh.approx.%2 %0, %1;" : "=r"(result) : "r"(x), "C"(detail::PackedText<T>::type));
  else
    __trap();
  return result;
}

}  // namespace heddle::cuda
