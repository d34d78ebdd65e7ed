// Products of small matrices by a warp (PTX ISA, mma.sync): D [16, 8] += A [16, k] B [k, 8].
//
// Which element is where in the registers: kernels/machine/fragment.h. All 32 lanes of a warp call together.
// Integer sums are exact. Products of floating-point elements are exact; PTX leaves open in which order and with how
// many bits they are summed, except that the result is about that of f32 (f16 for f16 accumulators; of f8, about
// 2^-13 of the largest term may be lost).
#pragma once

#include "kernels/machine/cuda/architecture.cuh"
#include "kernels/machine/cuda/type_text.cuh"
#include "kernels/machine/mma.h"

namespace heddle::cuda {

namespace detail {

template <int k>
struct ShapeText;
template <>
struct ShapeText<4> {
  static constexpr char text[] = "m16n8k4";
};
template <>
struct ShapeText<8> {
  static constexpr char text[] = "m16n8k8";
};
template <>
struct ShapeText<16> {
  static constexpr char text[] = "m16n8k16";
};
template <>
struct ShapeText<32> {
  static constexpr char text[] = "m16n8k32";
};

template <Overflow overflow>
struct OverflowText {
  static constexpr char text[] = "";
};
template <>
struct OverflowText<Overflow::saturates> {
  static constexpr char text[] = ".satfinite";
};

/// The texts are those of shape, overflow, D, A and B.
template <class Shape, class Limit, class D, class A, class B>
__device__ void multiply(f32 (&d)[4], u32 const (&a)[2], u32 const (&b)[1]) {
  asm volatile("mma.sync.aligned.%7.row.col%8.%9.%10.%11.%9 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
               : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
               : "r"(a[0]), "r"(a[1]), "r"(b[0]), "C"(Shape::text), "C"(Limit::text), "C"(D::text), "C"(A::text),
                 "C"(B::text));
}

template <class Shape, class Limit, class D, class A, class B>
__device__ void multiply(f32 (&d)[4], u32 const (&a)[4], u32 const (&b)[2]) {
  asm volatile(
      "mma.sync.aligned.%10.row.col%11.%12.%13.%14.%12 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "C"(Shape::text), "C"(Limit::text),
        "C"(D::text), "C"(A::text), "C"(B::text));
}

template <class Shape, class Limit, class D, class A, class B>
__device__ void multiply(i32 (&d)[4], u32 const (&a)[2], u32 const (&b)[1]) {
  asm volatile("mma.sync.aligned.%7.row.col%8.%9.%10.%11.%9 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
               : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
               : "r"(a[0]), "r"(a[1]), "r"(b[0]), "C"(Shape::text), "C"(Limit::text), "C"(D::text), "C"(A::text),
                 "C"(B::text));
}

template <class Shape, class Limit, class D, class A, class B>
__device__ void multiply(i32 (&d)[4], u32 const (&a)[4], u32 const (&b)[2]) {
  asm volatile(
      "mma.sync.aligned.%10.row.col%11.%12.%13.%14.%12 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "C"(Shape::text), "C"(Limit::text),
        "C"(D::text), "C"(A::text), "C"(B::text));
}

template <class Shape, class Limit, class D, class A, class B>
__device__ void multiply(u32 (&d)[2], u32 const (&a)[2], u32 const (&b)[1]) {
  asm volatile("mma.sync.aligned.%5.row.col%6.%7.%8.%9.%7 {%0, %1}, {%2, %3}, {%4}, {%0, %1};"
               : "+r"(d[0]), "+r"(d[1])
               : "r"(a[0]), "r"(a[1]), "r"(b[0]), "C"(Shape::text), "C"(Limit::text), "C"(D::text), "C"(A::text),
                 "C"(B::text));
}

template <class Shape, class Limit, class D, class A, class B>
__device__ void multiply(u32 (&d)[2], u32 const (&a)[4], u32 const (&b)[2]) {
  asm volatile("mma.sync.aligned.%8.row.col%9.%10.%11.%12.%10 {%0, %1}, {%2, %3, %4, %5}, {%6, %7}, {%0, %1};"
               : "+r"(d[0]), "+r"(d[1])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "C"(Shape::text), "C"(Limit::text),
                 "C"(D::text), "C"(A::text), "C"(B::text));
}

}  // namespace detail

/// d += a b, for elements A and B in 2 or 4 words of A; k follows: it is 2 * words * (4 / sizeof(A)).
///   A = B = bf16, f16      f32 d[4]                     k 8, 16
///   A = B = f16            u32 d[2], pairs of f16       k 8, 16
///   A = B = tf32           f32 d[4]                     k 4, 8    the low 13 bits of elements are ignored
///   A, B = i8, u8          i32 d[4]                     k 16, 32  wraps, or saturates at the end
///   A, B = f8e4m3, f8e5m2  f32 d[4], or u32 d[2]        k 32      needs sm_89
template <class A, class B = A, Overflow overflow = Overflow::wraps, class D, int registers, int words>
__device__ void mma(D (&d)[registers], u32 const (&a)[words], u32 const (&b)[words / 2]) {
  static_assert(mma_exists<A, B, D>(words, overflow), "there is no such instruction");
  if constexpr (is_f8<A> && architecture < 89)
    __trap();
  else
    detail::multiply<detail::ShapeText<mma_k<A>(words)>, detail::OverflowText<overflow>, detail::TypeText<D>,
                     detail::TypeText<A>, detail::TypeText<B>>(d, a, b);
}

/// d += a b in double precision: D [8, 8], A [8, 4], B [4, 8]. A lane holds one element of A and one of B.
__device__ inline void mma(double (&d)[2], double a, double b) {
  asm volatile("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0, %1}, {%2}, {%3}, {%0, %1};"
               : "+d"(d[0]), "+d"(d[1])
               : "d"(a), "d"(b));
}

}  // namespace heddle::cuda
