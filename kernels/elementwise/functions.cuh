// The functions of elements (kernels/tile/elements.cuh) of this family.
#pragma once

#include "kernels/core/divisor.h"
#include "kernels/tile/activation.cuh"
#include "kernels/tile/dropout.cuh"
#include "kernels/tile/elements.cuh"

namespace heddle::HEDDLE_BACKEND {

/// alpha * a + beta * b.
template <class T>
struct WeightedSum {
  using In = T;
  using Out = T;
  static constexpr int inputs = 2;  // a, b

  f32 alpha, beta;

  template <int n>
  HEDDLE_DEVICE void operator()(i64, f32 (&values)[inputs][n]) const {
    HEDDLE_UNROLL
    for (int i = 0; i < n; ++i) values[0][i] = alpha * values[0][i] + beta * values[1][i];
  }
};

/// scale * factor * x.
template <class T>
struct Scaled {
  using In = T;
  using Out = T;
  static constexpr int inputs = 1;

  f32 scale;
  f32 const* factor;  // [1]; null for 1

  template <int n>
  HEDDLE_DEVICE void operator()(i64, f32 (&values)[inputs][n]) const {
    f32 const all = factor != nullptr ? scale * *factor : scale;
    HEDDLE_UNROLL
    for (int i = 0; i < n; ++i) values[0][i] *= all;
  }
};

/// x, in the type that it is written as.
template <class From, class To>
struct Converted {
  using In = From;
  using Out = To;
  static constexpr int inputs = 1;

  template <int n>
  HEDDLE_DEVICE void operator()(i64, f32 (&)[inputs][n]) const {}
};

/// Adds to each element that of its column.
template <class T>
struct Bias {
  T const* bias;  // [columns]; null: none
  Divisor columns;
  bool vectorised;  // aligned to 16 bytes, and the columns are whole accesses

  template <int n>
  HEDDLE_DEVICE void add_to(i64 first, f32 (&values)[n]) const {
    if (bias == nullptr) return;
    i64 column = columns.remainder(first);
    if (n > 1 && vectorised) {
      auto const held = load_constant<Vector<T, n>>(bias + column);
      HEDDLE_UNROLL
      for (int i = 0; i < n; ++i) values[i] += to_f32(held.values[i]);
    } else {
      HEDDLE_UNROLL
      for (int i = 0; i < n; ++i) {
        values[i] += to_f32(bias[column]);
        if (++column == columns.value()) column = 0;
      }
    }
  }
};

/// residual + dropout(activation(x + bias)).
template <class T>
struct ChainForward {
  using In = T;
  using Out = T;
  static constexpr int inputs = 2;  // x, residual

  Bias<T> bias;
  Activation activation;
  DropoutMask mask;

  template <int n>
  HEDDLE_DEVICE void operator()(i64 first, f32 (&values)[inputs][n]) const {
    bias.add_to(first, values[0]);
    activate(activation, values[0]);
    if (mask.active()) drop(mask, first, values[0]);
    HEDDLE_UNROLL
    for (int i = 0; i < n; ++i) values[0][i] += values[1][i];
  }
};

/// dropout(dy) * activation'(x + bias).
template <class T>
struct ChainBackward {
  using In = T;
  using Out = T;
  static constexpr int inputs = 2;  // dy, x

  Bias<T> bias;
  Activation activation;
  DropoutMask mask;

  template <int n>
  HEDDLE_DEVICE void operator()(i64 first, f32 (&values)[inputs][n]) const {
    if (mask.active()) drop(mask, first, values[0]);
    if (activation == Activation::none) return;
    bias.add_to(first, values[1]);
    activation_gradient(activation, values[1], values[0]);
  }
};

}  // namespace heddle::HEDDLE_BACKEND
