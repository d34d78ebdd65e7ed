// The stages of the matrix products on Hopper.
#pragma once

#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

/// The stages in turn, across tiles of d.
template <int stages>
struct GemmSm90Ring {
  int stage = 0;
  u32 turn = 0;

  HEDDLE_DEVICE void advance(int steps = 1) {
    stage += steps;
    turn ^= static_cast<u32>(stage / stages) & 1;
    stage %= stages;
  }
};

}  // namespace heddle::HEDDLE_BACKEND
