// Approximations of functions, with the error that the GPU's instruction promises for all arguments. Here each is off
// by about half a unit in the last place.
#pragma once

#include <cmath>

#include "kernels/core/types.h"

namespace heddle::emulated {

/// 2^x within 2 units in the last place (ex2.approx.f32). exp(x) is exp2_approximate(x * log2_e).
inline f32 exp2_approximate(f32 x) { return std::exp2(x); }

/// log2(x) within 2^-22 for x in [0.5, 2], and with a relative error of 2^-22 outside (lg2.approx.f32).
inline f32 log2_approximate(f32 x) { return std::log2(x); }

/// tanh(x) with a relative error of at most 2^-11 (tanh.approx.f32).
inline f32 tanh_approximate(f32 x) { return std::tanh(x); }

/// 1 / x within 1 unit in the last place (rcp.approx.f32).
inline f32 reciprocal_approximate(f32 x) { return 1 / x; }

/// 1 / sqrt(x) with a relative error of at most 2^-22.9 (rsqrt.approx.f32).
[[gnu::noinline]] inline f32 rsqrt_approximate(f32 x) {
  return static_cast<f32>(1 / std::sqrt(static_cast<double>(x)));
}

}  // namespace heddle::emulated
