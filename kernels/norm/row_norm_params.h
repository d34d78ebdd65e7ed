// What layer and root mean square normalisation have in common: the second is the first with a mean of 0 and without
// beta.
#pragma once

#include "kernels/norm/layer_norm.h"
#include "kernels/norm/rms_norm.h"

namespace heddle {

template <class T>
struct RowNormForwardParams {
  i64 rows, columns;
  f32 inverse_columns;  // 1 / columns; 0 for none
  f32 epsilon;
  T const* x;         // [rows, columns]
  T const* residual;  // [rows, columns], or null
  f32 const* gamma;   // [columns]
  f32 const* beta;    // [columns]; null for the root mean square
  T* sum;             // [rows, columns], x + residual; null without residual
  T* y;               // [rows, columns]
  f32* mean;          // [rows]; null for the root mean square
  f32* rstd;          // [rows]
};

template <class T>
struct RowNormBackwardParams {
  i64 rows, columns;
  f32 inverse_columns;  // 1 / columns; 0 for none
  T const* x;           // [rows, columns], the sum where there was a residual
  T const* dy;          // [rows, columns]
  T const* dsum;        // [rows, columns], or null
  f32 const* gamma;     // [columns]
  f32 const* mean;      // [rows]; null for the root mean square
  f32 const* rstd;      // [rows]
  T* dx;                // [rows, columns]
  f32* dgamma;          // [columns]
  f32* dbeta;           // [columns]; null for the root mean square
  f32* partial_sums;    // of a device: [teams, 2, columns], dgamma and dbeta; [teams, 1, columns] without dbeta
};

inline f32 inverse(i64 columns) { return columns == 0 ? 0.0f : static_cast<f32>(1.0 / static_cast<double>(columns)); }

template <class T>
RowNormForwardParams<T> params_of(LayerNormForwardArgs<T> const& a) {
  auto const [rows, columns] = a.shape;
  return {rows, columns, inverse(columns), a.epsilon, a.x, a.residual, a.gamma, a.beta, a.sum, a.y, a.mean, a.rstd};
}

template <class T>
RowNormForwardParams<T> params_of(RmsNormForwardArgs<T> const& a) {
  auto const [rows, columns] = a.shape;
  return {rows, columns, inverse(columns), a.epsilon, a.x, a.residual, a.gamma, nullptr, a.sum, a.y, nullptr, a.rstd};
}

template <class T>
RowNormBackwardParams<T> params_of(LayerNormBackwardArgs<T> const& a) {
  auto const [rows, columns] = a.shape;
  return {rows,
          columns,
          inverse(columns),
          a.x,
          a.dy,
          a.dsum,
          a.gamma,
          a.mean,
          a.rstd,
          a.dx,
          a.dgamma,
          a.dbeta,
          static_cast<f32*>(a.workspace.data)};
}

template <class T>
RowNormBackwardParams<T> params_of(RmsNormBackwardArgs<T> const& a) {
  auto const [rows, columns] = a.shape;
  return {rows,
          columns,
          inverse(columns),
          a.x,
          a.dy,
          a.dsum,
          a.gamma,
          nullptr,
          a.rstd,
          a.dx,
          a.dgamma,
          nullptr,
          static_cast<f32*>(a.workspace.data)};
}

}  // namespace heddle
