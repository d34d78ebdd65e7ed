// Approximations of functions by one instruction (PTX ISA, "Floating Point Instructions"), with the error that is
// promised for all arguments. Infinities and zeros give what the exact function gives.
#pragma once

#include "kernels/core/types.h"

namespace heddle::cuda {

/// 2^x within 2 units in the last place (ex2.approx.f32). exp(x) is exp2_approximate(x * log2_e).
__device__ inline f32 exp2_approximate(f32 x) {
  f32 result;
  asm("ex2.approx.f32 %0, %1;" : "=f"(result) : "f"(x));
  return result;
}

/// log2(x) within 2^-22 for x in [0.5, 2], and with a relative error of 2^-22 outside (lg2.approx.f32).
__device__ inline f32 log2_approximate(f32 x) {
  f32 result;
  asm("lg2.approx.f32 %0, %1;" : "=f"(result) : "f"(x));
  return result;
}

/// tanh(x) with a relative error of at most 2^-11 (tanh.approx.f32).
__device__ inline f32 tanh_approximate(f32 x) {
  f32 result;
  asm("tanh.approx.f32 %0, %1;" : "=f"(result) : "f"(x));
  return result;
}

/// 1 / x within 1 unit in the last place (rcp.approx.f32).
__device__ inline f32 reciprocal_approximate(f32 x) {
  f32 result;
  asm("rcp.approx.f32 %0, %1;" : "=f"(result) : "f"(x));
  return result;
}

/// 1 / sqrt(x) with a relative error of at most 2^-22.9 (rsqrt.approx.f32).
__device__ inline f32 rsqrt_approximate(f32 x) {
  f32 result;
  asm("rsqrt.approx.f32 %0, %1;" : "=f"(result) : "f"(x));
  return result;
}

}  // namespace heddle::cuda
