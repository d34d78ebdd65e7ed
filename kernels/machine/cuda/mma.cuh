// Products of small matrices by a warp (PTX ISA, mma.sync): D [16, 8] += A [16, k] B [k, 8].
//
// Which element is where in the registers: kernels/machine/fragment.h. All 32 lanes of a warp call together.
// Integer sums are exact, modulo 2^32. Products of floating-point elements are exact; PTX leaves open in which order
// and with how many bits they are summed, except that the result is about that of f32 (f16 for f16 accumulators; of
// f8e4m3, about 2^-13 of the largest term may be lost).
#pragma once

#include "kernels/core/types.h"
#include "kernels/machine/cuda/architecture.cuh"

namespace heddle::cuda {

namespace detail {

__device__ inline void mma(bf16, f32 (&d)[4], u32 const (&a)[2], u32 const (&b)[1]) {
  asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
               : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
               : "r"(a[0]), "r"(a[1]), "r"(b[0]));
}

__device__ inline void mma(bf16, f32 (&d)[4], u32 const (&a)[4], u32 const (&b)[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

__device__ inline void mma(f16, f32 (&d)[4], u32 const (&a)[2], u32 const (&b)[1]) {
  asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
               : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
               : "r"(a[0]), "r"(a[1]), "r"(b[0]));
}

__device__ inline void mma(f16, f32 (&d)[4], u32 const (&a)[4], u32 const (&b)[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

__device__ inline void mma(f16, u32 (&d)[2], u32 const (&a)[2], u32 const (&b)[1]) {
  asm volatile("mma.sync.aligned.m16n8k8.row.col.f16.f16.f16.f16 {%0, %1}, {%2, %3}, {%4}, {%0, %1};"
               : "+r"(d[0]), "+r"(d[1])
               : "r"(a[0]), "r"(a[1]), "r"(b[0]));
}

__device__ inline void mma(f16, u32 (&d)[2], u32 const (&a)[4], u32 const (&b)[2]) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16 {%0, %1}, {%2, %3, %4, %5}, {%6, %7}, {%0, %1};"
               : "+r"(d[0]), "+r"(d[1])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

__device__ inline void mma(tf32, f32 (&d)[4], u32 const (&a)[2], u32 const (&b)[1]) {
  asm volatile("mma.sync.aligned.m16n8k4.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
               : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
               : "r"(a[0]), "r"(a[1]), "r"(b[0]));
}

__device__ inline void mma(tf32, f32 (&d)[4], u32 const (&a)[4], u32 const (&b)[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

__device__ inline void mma(i8, i32 (&d)[4], u32 const (&a)[2], u32 const (&b)[1]) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
               : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
               : "r"(a[0]), "r"(a[1]), "r"(b[0]));
}

__device__ inline void mma(i8, i32 (&d)[4], u32 const (&a)[4], u32 const (&b)[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

__device__ inline void mma(f8e4m3, f32 (&d)[4], u32 const (&a)[4], u32 const (&b)[2]) {
  if constexpr (architecture < 89)
    __trap();
  else
    asm volatile(
        "mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
        "{%0, %1, %2, %3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

}  // namespace detail

/// d += a b, for elements T in 2 or 4 words of A; k follows: it is 2 * words * (4 / sizeof(T)).
///   T = bf16, f16   f32 d[4]                     k 8, 16
///   T = f16         u32 d[2], pairs of f16       k 8, 16
///   T = tf32        f32 d[4]                     k 4, 8    the low 13 bits of elements are ignored
///   T = i8          i32 d[4]                     k 16, 32
///   T = f8e4m3      f32 d[4]                     k 32      needs sm_89
template <class T, class D, int registers, int words>
__device__ void mma(D (&d)[registers], u32 const (&a)[words], u32 const (&b)[words / 2]) {
  detail::mma(T{}, d, a, b);
}

}  // namespace heddle::cuda
