// The additions of bulk copies (PTX ISA, cp.reduce.async.bulk): one element at a time, each atomically.
#pragma once

#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "kernels/core/types.h"

namespace heddle::emulated {

/// f32 flushes subnormals to zeros of their sign; f16 and bf16 keep them.
template <class T>
T sum_of(T a, T b) {
  if constexpr (std::is_same_v<T, f32>) {
    auto const flushed = [](f32 x) { return std::fpclassify(x) == FP_SUBNORMAL ? std::copysign(0.0f, x) : x; };
    return flushed(flushed(a) + flushed(b));
  } else if constexpr (std::is_integral_v<T>) {
    using Word = std::make_unsigned_t<T>;
    return static_cast<T>(static_cast<Word>(a) + static_cast<Word>(b));
  } else {
    return T(static_cast<f32>(a) + static_cast<f32>(b));
  }
}

/// memory[i] += values[i] for the elements in `bytes`, which other host threads may add to as well.
template <class T>
void add_elements(void* memory, u8 const* values, u32 bytes) {
  using Word = std::conditional_t<sizeof(T) == 2, std::uint16_t, std::conditional_t<sizeof(T) == 4, u32, u64>>;
  for (u32 i = 0; i < bytes / sizeof(T); ++i) {
    T value;
    std::memcpy(&value, values + i * sizeof(T), sizeof(T));
    std::atomic_ref<Word> element(static_cast<Word*>(memory)[i]);
    Word old = element.load();
    while (!element.compare_exchange_weak(old, std::bit_cast<Word>(sum_of(std::bit_cast<T>(old), value)))) {
    }
  }
}

}  // namespace heddle::emulated
