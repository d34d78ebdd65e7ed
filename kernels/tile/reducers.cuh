// What a reduction keeps of the elements that it has seen, and how two such states become one.
//
// A reducer is a struct of static functions on its State, which starts as identity():
//   add(state, value, index)    takes one more element, its place in the axis being `index`;
//   merge(state, other)         takes what another has seen.
// Merging is associative and commutative up to rounding, so that only the order of merges, which is fixed, decides the
// bits.
#pragma once

#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

struct SumReducer {
  using State = f32;
  HEDDLE_DEVICE static State identity() { return 0; }
  HEDDLE_DEVICE static void add(State& state, f32 value, i64) { state += value; }
  HEDDLE_DEVICE static void merge(State& state, State other) { state += other; }
};

}  // namespace heddle::HEDDLE_BACKEND
