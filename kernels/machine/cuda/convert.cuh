// f16 and bf16 to f32 and back, rounded to nearest even, by the conversion instructions.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "kernels/core/types.h"

namespace heddle::cuda {

__device__ inline f32 to_f32(f32 value) { return value; }
__device__ inline f32 to_f32(f16 value) { return __half2float(__ushort_as_half(value.bits)); }
__device__ inline f32 to_f32(bf16 value) { return __bfloat162float(__ushort_as_bfloat16(value.bits)); }

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

}  // namespace heddle::cuda
