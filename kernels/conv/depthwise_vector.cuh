// Neighbouring pixels of a row, each with the channels of one access.
#pragma once

#include "kernels/tile/elements.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T, int vector>
HEDDLE_DEVICE void widen(RawVector<T, vector> const& raw, f32 (&values)[vector]) {
  auto const elements = std::bit_cast<Vector<T, vector>>(raw);
  HEDDLE_UNROLL
  for (int k = 0; k < vector; ++k) values[k] = to_f32(elements.values[k]);
}

/// The pixels first, first + distance, … of a row of `size`, 0 outside of it. `row` points to the channels of its
/// pixel 0. All accesses are on their way before the first value is used.
template <class T, int count, int vector>
HEDDLE_DEVICE void load_pixels(T const* row, int size, i64 channels, int first, int distance,
                               f32 (&values)[count][vector]) {
  RawVector<T, vector> raw[count];
  HEDDLE_UNROLL
  for (int i = 0; i < count; ++i) {
    int const pixel = first + i * distance;
    bool const inside = pixel >= 0 && pixel < size;
    raw[i] = inside ? load_constant<RawVector<T, vector>>(row + pixel * channels) : RawVector<T, vector>{};
  }
  HEDDLE_UNROLL
  for (int i = 0; i < count; ++i) widen<T>(raw[i], values[i]);
}

}  // namespace heddle::HEDDLE_BACKEND
