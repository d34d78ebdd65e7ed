// wgmma.mma_async in inline PTX: one statement for every n, as each has n / 2 operands for D. Types and options are
// texts that the compiler puts in.
#pragma once

#include "kernels/machine/cuda/wgmma_operands.cuh"
#include "kernels/machine/wgmma.h"

namespace heddle::cuda {

namespace detail {

template <class T>
struct WgmmaTypes;
template <>
struct WgmmaTypes<bf16> {
  static constexpr char const text[] = "k16.f32.bf16.bf16";
};
template <>
struct WgmmaTypes<f16> {
  static constexpr char const text[] = "k16.f32.f16.f16";
};
template <>
struct WgmmaTypes<tf32> {
  static constexpr char const text[] = "k8.f32.tf32.tf32";
};
template <>
struct WgmmaTypes<f8e4m3> {
  static constexpr char const text[] = "k32.f32.e4m3.e4m3";
};
template <>
struct WgmmaTypes<i8> {
  static constexpr char const text[] = "k32.s32.s8.s8";
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

#define HEDDLE_WGMMA_TEXT(n, types, a, b, accumulate, signs, majors)                                              \
  "{\n.reg .pred p;\nsetp.ne.b32 p, %" #accumulate                                                                \
  ", 0;\n"                                                                                                        \
  "wgmma.mma_async.sync.aligned.m64n" #n "%" #types                                                               \
  " {" HEDDLE_WGMMA_REGISTERS_##n(HEDDLE_WGMMA_FIRST_NAME, HEDDLE_WGMMA_NEXT_NAME) "}, " a ", %" #b ", p%" #signs \
                                                                                   "%" #majors ";\n}"

#define HEDDLE_WGMMA_SHARED(letter, n, types, a, b, accumulate, signs, majors, ...)                    \
  if constexpr (2 * count == n)                                                                        \
    asm volatile(HEDDLE_WGMMA_TEXT(n, types, "%" #a, b, accumulate, signs, majors)                     \
                 : HEDDLE_WGMMA_REGISTERS_##n(HEDDLE_WGMMA_FIRST_##letter, HEDDLE_WGMMA_NEXT_##letter) \
                 : "C"(Types::text), "l"(from.bits), "l"(by.bits), "r"(add), "C"(Signs::text), "C"(Majors::text));

#define HEDDLE_WGMMA_REGISTER(letter, n, types, a0, a1, a2, a3, b, accumulate, signs, majors)                          \
  if constexpr (2 * count == n)                                                                                        \
    asm volatile(HEDDLE_WGMMA_TEXT(n, types, "{%" #a0 ", %" #a1 ", %" #a2 ", %" #a3 "}", b, accumulate, signs, majors) \
                 : HEDDLE_WGMMA_REGISTERS_##n(HEDDLE_WGMMA_FIRST_##letter, HEDDLE_WGMMA_NEXT_##letter)                 \
                 : "C"(Types::text), "r"(from[0]), "r"(from[1]), "r"(from[2]), "r"(from[3]), "l"(by.bits), "r"(add),   \
                   "C"(Signs::text), "C"(Majors::text));

template <class Types, class Signs, class Majors, int count>
__device__ void multiply(f32 (&d)[count], MatrixDescriptor from, MatrixDescriptor by, i32 add) {
  HEDDLE_WGMMA_SIZES(HEDDLE_WGMMA_SHARED, f)
}
template <class Types, class Signs, class Majors, int count>
__device__ void multiply(i32 (&d)[count], MatrixDescriptor from, MatrixDescriptor by, i32 add) {
  HEDDLE_WGMMA_SIZES(HEDDLE_WGMMA_SHARED, r)
}
template <class Types, class Signs, class Majors, int count>
__device__ void multiply(f32 (&d)[count], u32 const (&from)[4], MatrixDescriptor by, i32 add) {
  HEDDLE_WGMMA_SIZES(HEDDLE_WGMMA_REGISTER, f)
}
template <class Types, class Signs, class Majors, int count>
__device__ void multiply(i32 (&d)[count], u32 const (&from)[4], MatrixDescriptor by, i32 add) {
  HEDDLE_WGMMA_SIZES(HEDDLE_WGMMA_REGISTER, r)
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
