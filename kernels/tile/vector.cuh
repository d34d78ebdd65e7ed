// Several neighbouring elements that move as one access.
#pragma once

#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T, int count>
struct alignas(sizeof(T) * count) Vector {
  T values[count];
};

/// Elements of T in the widest access.
template <class T>
inline constexpr int widest_vector = 16 / static_cast<int>(sizeof(T));

/// Adds `addend` to `sum`, each element rounded to T.
template <class T, int count>
HEDDLE_DEVICE void add(Vector<T, count>& sum, Vector<T, count> const& addend) {
  HEDDLE_UNROLL
  for (int i = 0; i < count; ++i) sum.values[i] = from_f32<T>(to_f32(sum.values[i]) + to_f32(addend.values[i]));
}

/// `count` elements from p, which is aligned to all of them up to 16 bytes, as f32.
template <int count, class T>
HEDDLE_DEVICE void load_f32(T const* p, f32 (&values)[count]) {
  constexpr int width = count < widest_vector<T> ? count : widest_vector<T>;
  HEDDLE_UNROLL
  for (int first = 0; first < count; first += width) {
    auto const part = load_constant<Vector<T, width>>(p + first);
    HEDDLE_UNROLL
    for (int i = 0; i < width; ++i) values[first + i] = to_f32(part.values[i]);
  }
}

/// Writes them likewise, each rounded to T.
template <int count, class T>
HEDDLE_DEVICE void store_f32(T* p, f32 const (&values)[count]) {
  constexpr int width = count < widest_vector<T> ? count : widest_vector<T>;
  HEDDLE_UNROLL
  for (int first = 0; first < count; first += width) {
    Vector<T, width> part;
    HEDDLE_UNROLL
    for (int i = 0; i < width; ++i) part.values[i] = from_f32<T>(values[first + i]);
    store(p + first, part);
  }
}

}  // namespace heddle::HEDDLE_BACKEND
