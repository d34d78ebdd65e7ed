// The squared L2 norm of a tensor, and whether every element is finite, in one pass.
#pragma once

#include "kernels/core/cost.h"
#include "kernels/core/stream.h"
#include "kernels/core/types.h"

namespace heddle {

/// *sum = sum of x^2 in a fixed order, so that the bits do not depend on the number of threads; NaN or infinity in x
/// shows in *sum.
template <class T>
struct SumOfSquaresArgs {
  i64 count = 0;
  T const* x = nullptr;   // [count]
  double* sum = nullptr;  // [1]
};

template <class T>
using SumOfSquaresFn = void(SumOfSquaresArgs<T> const&, Stream);

namespace cpu {
extern SumOfSquaresFn<f32> sum_of_squares;
}

}  // namespace heddle
