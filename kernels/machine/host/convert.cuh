// f16, bf16, f8e4m3, f8e5m2 and tf32 to f32 and back, rounded as the types of kernels/core/types.h say.
#pragma once

#include <bit>

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

namespace detail {

template <class T>
struct Packed {
  T elements[4 / sizeof(T)];
};

}  // namespace detail

/// 4 / sizeof(T) values rounded to T, side by side in a word: the first in its low bits.
template <class T, class... F32>
u32 pack(F32... values) {
  static_assert(sizeof...(values) == 4 / sizeof(T), "as many values as fit in 4 bytes");
  return std::bit_cast<u32>(detail::Packed<T>{{T(values)...}});
}

/// The 4 / sizeof(T) values of a word.
template <class T>
void unpack(u32 word, f32 (&values)[4 / sizeof(T)]) {
  auto const packed = std::bit_cast<detail::Packed<T>>(word);
  for (std::size_t i = 0; i < 4 / sizeof(T); ++i) values[i] = static_cast<f32>(packed.elements[i]);
}

}  // namespace heddle::emulated
