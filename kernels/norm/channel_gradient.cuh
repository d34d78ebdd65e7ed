// What the backward kernels of the normalisation of channels read: x, and the gradient of what the activation took,
// g = dy * activation'((x - mean) * scale + beta + residual).
#pragma once

#include "kernels/norm/channel_parameters.cuh"
#include "kernels/tile/activation.cuh"

namespace heddle::HEDDLE_BACKEND {

/// Where g comes from.
template <class T>
struct GradientSource {
  Activation activation;
  T const* x;          // [images, rows, channels]
  T const* dy;         // [images, rows, channels]
  T const* residual;   // [images, rows, channels]; may be null
  u8 const* positive;  // [ceil(elements / 8)]: the sign of y, for relu; may be null
};

/// Some rows of x and g.
template <class T, class Rows>
class HeldGradient {
 public:
  static constexpr int vector = widest_vector<T>;

  HEDDLE_DEVICE HeldGradient(GradientSource<T> const& source, Rows const& rows) : source_(source), rows_(rows) {
    rows.load(source.x, x_);
    rows.load(source.dy, dy_);
    if (source.positive) {
      HEDDLE_UNROLL
      for (int i = 0; i < Rows::count; ++i)
        if (rows.has(i) && rows.has(i, 0)) bits_[i] = source.positive[rows.element(i) / 8];
    } else if (source.residual) {
      rows.load(source.residual, residual_);
    }
  }

  /// x - mean, and g; zeros past the end of a row.
  HEDDLE_DEVICE void get(int i, ColumnMap<T> const& map, f32 (&x)[vector], f32 (&g)[vector]) const {
    widen(x_[i], x);
    widen(dy_[i], g);
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) x[k] = rows_.has(i, k) ? x[k] - map.mean[k] : 0;
    if (source_.positive) {
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k)
        if ((bits_[i] >> (rows_.element(i) % 8 + k) & 1) == 0) g[k] = 0;
    } else if (source_.activation != Activation::none) {
      f32 before[vector];
      widen(residual_[i], before);
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) before[k] += x[k] * map.scale[k] + map.beta[k];
      activation_gradient(source_.activation, before, g);
    }
  }

 private:
  GradientSource<T> const& source_;
  Rows const& rows_;
  typename Rows::Held x_, dy_, residual_ = {};
  unsigned bits_[Rows::count] = {};
};

}  // namespace heddle::HEDDLE_BACKEND
