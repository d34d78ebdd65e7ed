// Dropout of a thread's neighbouring elements. kernels/core/dropout.h says what is drawn.
#pragma once

#include "kernels/core/dropout.h"
#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

/// Drops among the elements first, …, first + n - 1 of a tensor and scales the others. `first` is a multiple of n,
/// which is 1 or at most 16; one draw of random bits serves up to 8 elements whose units are neighbours or one and the
/// same.
template <int n>
HEDDLE_DEVICE void drop(DropoutMask const& mask, i64 first, f32 (&values)[n]) {
  constexpr int part = n < DropoutMask::units_of_draw ? n : DropoutMask::units_of_draw;
  HEDDLE_UNROLL
  for (int begin = 0; begin < n; begin += part) {
    i64 const element = first + begin;
    i64 const unit = mask.unit(element), last = mask.of_elements() ? unit + part - 1 : mask.unit(element + part - 1);
    auto const draw = mask.draw(unit);
    if (last == unit + part - 1 && unit % part == 0) {
      int const place = static_cast<int>(unit) & (DropoutMask::units_of_draw - part);
      HEDDLE_UNROLL
      for (int k = 0; k < part; ++k) values[begin + k] *= mask.factor(draw, place + k);
    } else if (last == unit && mask.of_samples()) {
      f32 const factor = mask.factor(draw, static_cast<int>(unit) & (DropoutMask::units_of_draw - 1));
      HEDDLE_UNROLL
      for (int k = 0; k < part; ++k) values[begin + k] *= factor;
    } else {
      for (int k = 0; k < part; ++k) {
        i64 const own = mask.unit(element + k);
        f32 const factor = mask.factor(mask.draw(own), static_cast<int>(own) & (DropoutMask::units_of_draw - 1));
        // A loop that is not unrolled must not index what is to stay in registers.
        HEDDLE_UNROLL
        for (int other = 0; other < part; ++other)
          if (other == k) values[begin + other] *= factor;
      }
    }
  }
}

}  // namespace heddle::HEDDLE_BACKEND
