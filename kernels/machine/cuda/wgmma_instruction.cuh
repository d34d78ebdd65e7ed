// wgmma.mma_async in inline PTX: one statement for every number of registers of D. Shape, types and options are texts
// that the compiler puts in.
#pragma once

#include <concepts>
#include <cstddef>
#include <utility>

#include "kernels/machine/cuda/wgmma_operands.cuh"
#include "kernels/machine/wgmma.h"

namespace heddle::cuda {

namespace detail {

/// What follows n in the name of the instruction, for accumulators D; u32 are pairs of f16.
template <class T, class D>
struct WgmmaTypes;
template <>
struct WgmmaTypes<bf16, f32> {
  static constexpr char const text[] = "k16.f32.bf16.bf16";
};
template <>
struct WgmmaTypes<f16, f32> {
  static constexpr char const text[] = "k16.f32.f16.f16";
};
template <>
struct WgmmaTypes<f16, u32> {
  static constexpr char const text[] = "k16.f16.f16.f16";
};
template <>
struct WgmmaTypes<tf32, f32> {
  static constexpr char const text[] = "k8.f32.tf32.tf32";
};
template <>
struct WgmmaTypes<f8e4m3, f32> {
  static constexpr char const text[] = "k32.f32.e4m3.e4m3";
};
template <>
struct WgmmaTypes<f8e4m3, u32> {
  static constexpr char const text[] = "k32.f16.e4m3.e4m3";
};
template <>
struct WgmmaTypes<i8, i32> {
  static constexpr char const text[] = "k32.s32.s8.s8";
};
template <>
struct WgmmaTypes<u8, i32> {
  static constexpr char const text[] = "k32.s32.u8.u8";
};

/// Digit of a number, the last being 0.
constexpr char digit(int number, std::size_t place) {
  for (; place > 0; --place) number /= 10;
  return static_cast<char>('0' + number % 10);
}

/// n and Types.
template <int n, class Types,
          class Digits =
              std::make_index_sequence <
              n<10 ? 1 : n<100 ? 2 : 3>, class Rest = std::make_index_sequence<sizeof Types::text>> struct WgmmaShape;
template <int n, class Types, std::size_t... digits, std::size_t... rest>
struct WgmmaShape<n, Types, std::index_sequence<digits...>, std::index_sequence<rest...>> {
  static constexpr char const text[] = {digit(n, sizeof...(digits) - 1 - digits)..., Types::text[rest]...};
};

/// The last operands, which are part of the instruction.
struct WgmmaNone {
  static constexpr char const text[] = "";
};
template <WgmmaOptions options>
struct WgmmaSigns {
  static constexpr char const text[] = {',', options.negate_a ? '-' : ' ', '1', ',', options.negate_b ? '-' : ' ', '1',
                                        '\0'};
};
template <WgmmaOptions options>
struct WgmmaMajors {
  static constexpr char const text[] = {',', options.a == Major::mn ? '1' : '0', ',',
                                        options.b == Major::mn ? '1' : '0', '\0'};
};
template <WgmmaOptions options>
struct WgmmaMajorOfB {
  static constexpr char const text[] = {',', options.b == Major::mn ? '1' : '0', '\0'};
};

#define HEDDLE_WGMMA_FIRST_NAME(i) "%" #i
#define HEDDLE_WGMMA_NEXT_NAME(i) ", %" #i
#define HEDDLE_WGMMA_FIRST_f(i) "+f"(d[i])
#define HEDDLE_WGMMA_NEXT_f(i) , "+f"(d[i])
#define HEDDLE_WGMMA_FIRST_r(i) "+r"(d[i])
#define HEDDLE_WGMMA_NEXT_r(i) , "+r"(d[i])

#define HEDDLE_WGMMA_TEXT(c, shape, a, b, accumulate, signs, majors)                                              \
  "{\n.reg .pred p;\nsetp.ne.b32 p, %" #accumulate                                                                \
  ", 0;\n"                                                                                                        \
  "wgmma.mma_async.sync.aligned.m64n%" #shape                                                                     \
  " {" HEDDLE_WGMMA_REGISTERS_##c(HEDDLE_WGMMA_FIRST_NAME, HEDDLE_WGMMA_NEXT_NAME) "}, " a ", %" #b ", p%" #signs \
                                                                                   "%" #majors ";\n}"

#define HEDDLE_WGMMA_SHARED(letter, c, shape, a, b, accumulate, signs, majors, ...)                    \
  if constexpr (count == c)                                                                            \
    asm volatile(HEDDLE_WGMMA_TEXT(c, shape, "%" #a, b, accumulate, signs, majors)                     \
                 : HEDDLE_WGMMA_REGISTERS_##c(HEDDLE_WGMMA_FIRST_##letter, HEDDLE_WGMMA_NEXT_##letter) \
                 : "C"(Shape::text), "l"(from.bits), "l"(by.bits), "r"(add), "C"(Signs::text), "C"(Majors::text));

#define HEDDLE_WGMMA_REGISTER(letter, c, shape, a0, a1, a2, a3, b, accumulate, signs, majors)                          \
  if constexpr (count == c)                                                                                            \
    asm volatile(HEDDLE_WGMMA_TEXT(c, shape, "{%" #a0 ", %" #a1 ", %" #a2 ", %" #a3 "}", b, accumulate, signs, majors) \
                 : HEDDLE_WGMMA_REGISTERS_##c(HEDDLE_WGMMA_FIRST_##letter, HEDDLE_WGMMA_NEXT_##letter)                 \
                 : "C"(Shape::text), "r"(from[0]), "r"(from[1]), "r"(from[2]), "r"(from[3]), "l"(by.bits), "r"(add),   \
                   "C"(Signs::text), "C"(Majors::text));

template <class Shape, class Signs, class Majors, class D, int count>
__device__ void multiply(D (&d)[count], MatrixDescriptor from, MatrixDescriptor by, i32 add) {
  if constexpr (std::same_as<D, f32>) {
    HEDDLE_WGMMA_COUNTS(HEDDLE_WGMMA_SHARED, f)
  } else {
    HEDDLE_WGMMA_COUNTS(HEDDLE_WGMMA_SHARED, r)
  }
}
template <class Shape, class Signs, class Majors, class D, int count>
__device__ void multiply(D (&d)[count], u32 const (&from)[4], MatrixDescriptor by, i32 add) {
  if constexpr (std::same_as<D, f32>) {
    HEDDLE_WGMMA_COUNTS(HEDDLE_WGMMA_REGISTER, f)
  } else {
    HEDDLE_WGMMA_COUNTS(HEDDLE_WGMMA_REGISTER, r)
  }
}

#undef HEDDLE_WGMMA_FIRST_NAME
#undef HEDDLE_WGMMA_NEXT_NAME
#undef HEDDLE_WGMMA_FIRST_f
#undef HEDDLE_WGMMA_NEXT_f
#undef HEDDLE_WGMMA_FIRST_r
#undef HEDDLE_WGMMA_NEXT_r
#undef HEDDLE_WGMMA_TEXT
#undef HEDDLE_WGMMA_SHARED
#undef HEDDLE_WGMMA_REGISTER

}  // namespace detail

}  // namespace heddle::cuda
