// The squared L2 norm of a list of tensors, and whether every element is finite, in one pass: the norm of all
// gradients.
#pragma once

#include <array>

#include "kernels/core/math.h"
#include "kernels/core/operation.h"
#include "kernels/core/workspace.h"

namespace heddle {

template <class T>
struct TensorOfList {
  T const* data = nullptr;  // [count]
  i64 count = 0;
};

/// *sum = sum of x^2 over all tensors, in double and in a fixed order; NaN or infinity in an element shows in *sum.
template <class T>
struct SumOfSquaresArgs {
  static constexpr i64 most = 160;  // so many fit into the parameters of a launch

  std::array<TensorOfList<T>, most> x = {};  // those behind the last are empty
  double* sum = nullptr;                     // [1]
  Workspace workspace = {};                  // of workspace_bytes(); unused on the CPU

  static void tensors(auto& a, auto&& tensor) {
    for (auto& x : a.x) tensor("x", x.data, x.count);
    tensor("sum", a.sum, 1);
  }
  double flops() const {
    double elements = 0;
    for (TensorOfList<T> const& tensor : x) elements += static_cast<double>(tensor.count);
    return 2 * elements;
  }

  /// Elements that a block sums: 32 KB.
  static constexpr i64 chunk = 32768 / sizeof(T);
  i64 chunks() const {
    i64 result = 0;
    for (TensorOfList<T> const& tensor : x) result += ceil_div(tensor.count, chunk);
    return result;
  }
  std::size_t workspace_bytes() const { return static_cast<std::size_t>(chunks()) * sizeof(double); }
};

HEDDLE_OPERATION(sum_of_squares, SumOfSquaresArgs);

}  // namespace heddle
