// What a reduction keeps of the elements that it has seen, how two such states become one, and what becomes of the
// last.
//
// A reducer is a struct of static functions on its State, which starts as identity():
//   add(state, value, index)    takes one more element, its place in the axis being `index`;
//   merge(state, other)         takes what another has seen;
//   shuffled(state, distance)   the state of the lane at that distance, by __shfl_xor_sync.
// Merging is associative and commutative up to rounding, so that only the order of merges, which is fixed, decides the
// bits.
//
// A finish is a function object: finish(i, state) writes result i.
#pragma once

#include "kernels/core/types.h"
#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

struct SumReducer {
  using State = f32;
  HEDDLE_DEVICE static State identity() { return 0; }
  HEDDLE_DEVICE static void add(State& state, f32 value, i64) { state += value; }
  HEDDLE_DEVICE static void merge(State& state, State other) { state += other; }
  HEDDLE_DEVICE static State shuffled(State state, int distance) {
    return __shfl_xor_sync(0xffffffffu, state, distance);
  }
};

/// The largest element, NaN before all others, and of equal ones the first.
struct MaxReducer {
  struct alignas(16) State {
    i64 index;
    f32 value;
    f32 unused = 0;  // a state moves as one access
  };
  HEDDLE_DEVICE static State identity() { return {INT64_MAX, -HUGE_VALF, 0}; }
  HEDDLE_DEVICE static void add(State& state, f32 value, i64 index) { merge(state, {index, value, 0}); }
  HEDDLE_DEVICE static void merge(State& state, State other) {
    bool const nan = state.value != state.value, other_nan = other.value != other.value;
    bool const equal = state.value == other.value || (nan && other_nan);
    if (equal ? other.index < state.index : other_nan || other.value > state.value) state = other;
  }
  HEDDLE_DEVICE static State shuffled(State state, int distance) {
    return {__shfl_xor_sync(0xffffffffu, state.index, distance), __shfl_xor_sync(0xffffffffu, state.value, distance),
            0};
  }
};

/// result = factor * sum, or factor * sqrt(sum).
template <class T>
struct StoreSum {
  T* result;
  f32 factor = 1;
  bool root = false;

  HEDDLE_DEVICE void operator()(i64 i, f32 sum) const { result[i] = from_f32<T>(factor * (root ? sqrtf(sum) : sum)); }
};

/// The value, the index, or both: what is null is not wanted.
template <class T>
struct StoreMax {
  T* value;
  i64* index;

  HEDDLE_DEVICE void operator()(i64 i, MaxReducer::State const& state) const {
    if (value != nullptr) value[i] = from_f32<T>(state.value);
    if (index != nullptr) index[i] = state.index;
  }
};

}  // namespace heddle::HEDDLE_BACKEND
