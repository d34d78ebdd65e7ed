// wgmma.mma_async in inline PTX: one statement for every number of registers of D. Shape, types and options are texts
// that the compiler puts in.
#pragma once

#include <concepts>
#include <cstddef>
#include <utility>

#include "kernels/machine/cuda/type_text.cuh"
#include "kernels/machine/cuda/wgmma_operands.cuh"
#include "kernels/machine/wgmma.h"

namespace heddle::cuda {

namespace detail {

/// What follows m64n in the name of an instruction: "64k16.f32.bf16.bf16".
struct WgmmaName {
  char text[32] = {};
  std::size_t size = 0;

  constexpr void append(char const* more) {
    for (; *more != '\0'; ++more) text[size++] = *more;
  }
  constexpr void append(int number) {
    if (number >= 10) append(number / 10);
    text[size++] = static_cast<char>('0' + number % 10);
  }
};

template <int n, class A, class B, class D>
constexpr WgmmaName wgmma_name() {
  WgmmaName name;
  name.append(n);
  name.append("k");
  name.append(wgmma_k<A>);
  for (char const* const type : {TypeText<D>::text, TypeText<A>::text, TypeText<B>::text}) {
    name.append(".");
    name.append(type);
  }
  return name;
}

template <int n, class A, class B, class D, class Places = std::make_index_sequence<wgmma_name<n, A, B, D>().size>>
struct WgmmaShape;
template <int n, class A, class B, class D, std::size_t... places>
struct WgmmaShape<n, A, B, D, std::index_sequence<places...>> {
  static constexpr WgmmaName name = wgmma_name<n, A, B, D>();
  static constexpr char const text[] = {name.text[places]..., '\0'};
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
