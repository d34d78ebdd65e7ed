// f16 and bf16 to f32 and back, rounded to nearest even.
#pragma once

#include "kernels/core/types.h"

namespace heddle::emulated {

template <class T>
f32 to_f32(T value) {
  return static_cast<f32>(value);
}

template <class T>
T from_f32(f32 value) {
  return T(value);
}

}  // namespace heddle::emulated
