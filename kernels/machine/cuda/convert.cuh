// f16, bf16, f8e4m3, f8e5m2 and tf32 to f32 and back, by the conversion instructions. They round as the types of
// kernels/core/types.h do; only of a NaN may other bits come out. Before sm_89, those of f8 are short programs.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_fp8.h>

#include <bit>

#include "kernels/core/types.h"
#include "kernels/machine/cuda/language.cuh"

namespace heddle::cuda {

__device__ inline f32 to_f32(f32 value) { return value; }
__device__ inline f32 to_f32(f16 value) { return __half2float(__ushort_as_half(value.bits)); }
__device__ inline f32 to_f32(bf16 value) { return __bfloat162float(__ushort_as_bfloat16(value.bits)); }
__device__ inline f32 to_f32(f8e4m3 value) { return __half2float(__nv_cvt_fp8_to_halfraw(value.bits, __NV_E4M3)); }
__device__ inline f32 to_f32(f8e5m2 value) { return __half2float(__nv_cvt_fp8_to_halfraw(value.bits, __NV_E5M2)); }
__device__ inline f32 to_f32(tf32 value) { return std::bit_cast<f32>(value.bits); }

template <class T>
__device__ T from_f32(f32 value);

template <>
__device__ inline f32 from_f32<f32>(f32 value) {
  return value;
}

template <>
__device__ inline f16 from_f32<f16>(f32 value) {
  f16 result;
  result.bits = __half_as_ushort(__float2half_rn(value));
  return result;
}

template <>
__device__ inline bf16 from_f32<bf16>(f32 value) {
  bf16 result;
  result.bits = __bfloat16_as_ushort(__float2bfloat16_rn(value));
  return result;
}

template <>
__device__ inline f8e4m3 from_f32<f8e4m3>(f32 value) {
  f8e4m3 result;
  result.bits = __nv_cvt_float_to_fp8(value, __NV_SATFINITE, __NV_E4M3);
  return result;
}

template <>
__device__ inline f8e5m2 from_f32<f8e5m2>(f32 value) {
  f8e5m2 result;
  result.bits = __nv_cvt_float_to_fp8(value, __NV_SATFINITE, __NV_E5M2);
  return result;
}

template <>
__device__ inline tf32 from_f32<tf32>(f32 value) {
  tf32 result;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(result.bits) : "f"(value));
  return result;
}

namespace detail {

__device__ inline u32 pack(f16, f32 low, f32 high) {
  u32 word;
  asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(word) : "f"(high), "f"(low));
  return word;
}
__device__ inline u32 pack(bf16, f32 low, f32 high) {
  u32 word;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(word) : "f"(high), "f"(low));
  return word;
}
__device__ inline u32 pack(tf32, f32 value) { return from_f32<tf32>(value).bits; }
__device__ inline u32 pack(__nv_fp8_interpretation_t type, f32 a, f32 b, f32 c, f32 d) {
  u32 const low = __nv_cvt_float2_to_fp8x2({a, b}, __NV_SATFINITE, type);
  u32 const high = __nv_cvt_float2_to_fp8x2({c, d}, __NV_SATFINITE, type);
  return low | high << 16;
}
__device__ inline u32 pack(f8e4m3, f32 a, f32 b, f32 c, f32 d) { return pack(__NV_E4M3, a, b, c, d); }
__device__ inline u32 pack(f8e5m2, f32 a, f32 b, f32 c, f32 d) { return pack(__NV_E5M2, a, b, c, d); }

}  // namespace detail

/// 4 / sizeof(T) values rounded to T, side by side in a word: the first in its low bits.
template <class T, class... F32>
__device__ u32 pack(F32... values) {
  return detail::pack(T{}, values...);
}

/// The 4 / sizeof(T) values of a word.
template <class T>
__device__ void unpack(u32 word, f32 (&values)[4 / sizeof(T)]) {
  HEDDLE_UNROLL
  for (int i = 0; i < static_cast<int>(4 / sizeof(T)); ++i) {
    T element;
    element.bits = static_cast<decltype(element.bits)>(word >> (8 * sizeof(T) * i));
    values[i] = to_f32(element);
  }
}

}  // namespace heddle::cuda
