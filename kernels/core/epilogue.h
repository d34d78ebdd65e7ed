// What becomes of the sums of a matrix product or a convolution on their way to memory.
#pragma once

#include <concepts>
#include <type_traits>

#include "kernels/core/activation.h"
#include "kernels/core/operation.h"

namespace heddle {

/// The type of what a result of type D is added to or compared with: D itself, or f32 where D is narrower or an
/// integer.
template <class D>
using EpilogueValue = std::conditional_t<std::same_as<D, f16> || std::same_as<D, bf16>, D, f32>;

/// The steps that take a sum x to element (row, column) of a result [m, n] of type D, in this order. What is null is
/// left out; rows of the [m, n] tensors are as far apart as those of the result.
///   x += bias[column]
///   before_activation[row, column] = x
///   x = activation(x), or where gradient_of is given
///   x *= activation'(gradient_scale[column] * gradient_of[row, column] + gradient_shift[column])
///   x += residual[row, column]
///   column_sums[column] += x, over the rows, from 0
///   column_products[column] += x * gradient_of[row, column], or x^2 without gradient_of, likewise
///   absolute_maximum = the largest |x|
///   x *= scale
template <class D>
struct Epilogue {
  using Value = EpilogueValue<D>;

  Value const* bias = nullptr;         // [n]
  Value* before_activation = nullptr;  // [m, n]
  Activation activation = Activation::none;
  Value const* gradient_of = nullptr;   // [m, n]
  f32 const* gradient_scale = nullptr;  // [n]
  f32 const* gradient_shift = nullptr;  // [n]
  Value const* residual = nullptr;      // [m, n]
  f32* column_sums = nullptr;           // [n]
  f32* column_products = nullptr;       // [n]
  f32* absolute_maximum = nullptr;      // [1]
  f32 const* scale = nullptr;           // [1]

  friend bool operator==(Epilogue const&, Epilogue const&) = default;
  /// Whether there is no step.
  bool empty() const { return *this == Epilogue{}; }
  bool reduces_columns() const { return column_sums != nullptr || column_products != nullptr; }

  /// With `extent` elements from the first to the last of an [m, n] tensor.
  static void tensors(auto& e, i64 n, i64 extent, auto&& tensor) {
    constexpr TensorUse optional = {.optional = true};
    tensor("bias", e.bias, n, optional);
    tensor("before_activation", e.before_activation, extent, optional);
    tensor("gradient_of", e.gradient_of, extent, optional);
    tensor("gradient_scale", e.gradient_scale, n, optional);
    tensor("gradient_shift", e.gradient_shift, n, optional);
    tensor("residual", e.residual, extent, optional);
    tensor("column_sums", e.column_sums, n, optional);
    tensor("column_products", e.column_products, n, optional);
    tensor("absolute_maximum", e.absolute_maximum, 1, optional);
    tensor("scale", e.scale, 1, optional);
  }
};

}  // namespace heddle
