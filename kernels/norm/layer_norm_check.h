// What every device asks of the arguments of layer normalisation.
#pragma once

#include "kernels/core/error.h"
#include "kernels/norm/layer_norm.h"

namespace heddle {

namespace detail {

inline void check_layer_norm_shape(LayerNormShape const& shape) {
  check(shape.rows >= 0 && shape.columns >= 0, "[layer_norm] sizes must not be negative: rows=", shape.rows,
        ", columns=", shape.columns);
}

inline void check_layer_norm_pointer(void const* pointer, char const* name, i64 count, LayerNormShape const& shape) {
  check(pointer != nullptr || count == 0, "[layer_norm] ", name,
        " is null, but the shape is not empty: rows=", shape.rows, ", columns=", shape.columns);
}

}  // namespace detail

/// Throws an Error that names the value.
template <class T>
void check_arguments(LayerNormForwardArgs<T> const& a) {
  detail::check_layer_norm_shape(a.shape);
  auto const [rows, columns] = a.shape;
  check(a.epsilon >= 0, "[layer_norm] epsilon must not be negative or NaN: epsilon=", a.epsilon);
  i64 const elements = rows == 0 ? 0 : columns;  // of which any makes the tensor non-empty
  detail::check_layer_norm_pointer(a.x, "x", elements, a.shape);
  detail::check_layer_norm_pointer(a.y, "y", elements, a.shape);
  detail::check_layer_norm_pointer(a.gamma, "gamma", elements, a.shape);
  detail::check_layer_norm_pointer(a.beta, "beta", elements, a.shape);
  detail::check_layer_norm_pointer(a.mean, "mean", rows, a.shape);
  detail::check_layer_norm_pointer(a.rstd, "rstd", rows, a.shape);
}

/// Throws an Error that names the value. Does not look at the workspace, which the CPU does not use.
template <class T>
void check_arguments(LayerNormBackwardArgs<T> const& a) {
  detail::check_layer_norm_shape(a.shape);
  auto const [rows, columns] = a.shape;
  i64 const elements = rows == 0 ? 0 : columns;
  detail::check_layer_norm_pointer(a.x, "x", elements, a.shape);
  detail::check_layer_norm_pointer(a.dy, "dy", elements, a.shape);
  detail::check_layer_norm_pointer(a.dx, "dx", elements, a.shape);
  detail::check_layer_norm_pointer(a.gamma, "gamma", elements, a.shape);
  detail::check_layer_norm_pointer(a.mean, "mean", elements, a.shape);
  detail::check_layer_norm_pointer(a.rstd, "rstd", elements, a.shape);
  detail::check_layer_norm_pointer(a.dgamma, "dgamma", columns, a.shape);
  detail::check_layer_norm_pointer(a.dbeta, "dbeta", columns, a.shape);
}

}  // namespace heddle
