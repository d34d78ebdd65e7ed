// What average pooling with windows of one size and adaptive average pooling have in common.
#pragma once

#include "kernels/pool/average_pool.h"

namespace heddle {

/// Forward from x to y, backward from dy to dx.
template <class T>
struct AveragePoolParams {
  i64 n, c;
  PoolAxis rows, columns;
  i32 divisor;  // of every window; 0: the number of its positions in the image
  T const* from;
  T* to;
};

namespace detail {

template <class T>
AveragePoolParams<T> average_pool_params(Pool2dShape const& shape, bool count_padding, T const* from, T* to) {
  i64 const divisor = count_padding ? shape.r * shape.s : 0;
  return {shape.n, shape.c, rows_of(shape), columns_of(shape), static_cast<i32>(divisor), from, to};
}

template <class T>
AveragePoolParams<T> average_pool_params(AdaptivePool2dShape const& shape, T const* from, T* to) {
  auto const axis = [](i64 size, i64 outputs) {
    return PoolAxis{.size = static_cast<i32>(size), .outputs = static_cast<i32>(outputs)};
  };
  return {shape.n, shape.c, axis(shape.h, shape.p), axis(shape.w, shape.q), 0, from, to};
}

}  // namespace detail

template <class T>
AveragePoolParams<T> params_of(AveragePoolForwardArgs<T> const& a) {
  return detail::average_pool_params(a.shape, a.count_padding, a.x, a.y);
}
template <class T>
AveragePoolParams<T> params_of(AveragePoolBackwardArgs<T> const& a) {
  return detail::average_pool_params(a.shape, a.count_padding, a.dy, a.dx);
}
template <class T>
AveragePoolParams<T> params_of(AdaptiveAveragePoolForwardArgs<T> const& a) {
  return detail::average_pool_params(a.shape, a.x, a.y);
}
template <class T>
AveragePoolParams<T> params_of(AdaptiveAveragePoolBackwardArgs<T> const& a) {
  return detail::average_pool_params(a.shape, a.dy, a.dx);
}

}  // namespace heddle
