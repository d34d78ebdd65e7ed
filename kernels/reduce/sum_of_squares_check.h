// What every device asks of the arguments of a sum of squares.
#pragma once

#include "kernels/core/arguments.h"
#include "kernels/reduce/sum_of_squares.h"

namespace heddle {

/// Throws an Error that names the value.
template <class T>
void check_arguments(SumOfSquaresArgs<T> const& a) {
  for (TensorOfList<T> const& tensor : a.x) check_sizes("sum_of_squares", {{"count", tensor.count}});
  check_tensors("sum_of_squares", a);
}

}  // namespace heddle
