// The problem of all steps: C = A B, row-major, with m, n and k multiples of 64.
#pragma once

#include "kernels/core/types.h"

namespace heddle::examples {

template <class T>
struct Product {
  int m, n, k;
  T const* a;  // [m, k]
  T const* b;  // [k, n]
  f32* c;      // [m, n]
};

}  // namespace heddle::examples
