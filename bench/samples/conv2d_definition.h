// Single elements of a convolution's three directions, straight from the definition, in double precision:
//   y[n, p, q, k] = sum x[n, h, w, c] filter[k, r, s, c] with h = p stride + r dilation - padding, and w likewise.
#pragma once

#include "kernels/conv/conv2d.h"

namespace heddle::bench {

/// A tensor of four axes, read as 0 outside of the inner two.
struct Elements4d {
  f32 const* data;
  i64 inner, columns, channels;  // sizes of the last three axes

  double at(i64 outer, i64 row, i64 column, i64 channel) const {
    bool const inside = row >= 0 && row < inner && column >= 0 && column < columns;
    return inside ? data[((outer * inner + row) * columns + column) * channels + channel] : 0;
  }
};

inline Elements4d filters_of(Conv2dShape const& s, f32 const* filter) { return {filter, s.r, s.s, s.c / s.groups}; }
inline Elements4d inputs_of(Conv2dShape const& s, f32 const* x) { return {x, s.h, s.w, s.c}; }
inline Elements4d outputs_of(Conv2dShape const& s, f32 const* y) { return {y, s.p(), s.q(), s.k}; }

inline double y_element(Conv2dShape const& s, f32 const* x, f32 const* filter, i64 index) {
  i64 const k = index % s.k, q = index / s.k % s.q(), p = index / s.k / s.q() % s.p(), n = index / s.k / s.q() / s.p();
  i64 const depth = s.c / s.groups, first = k / (s.k / s.groups) * depth;
  double sum = 0;
  for (i64 r = 0; r < s.r; ++r)
    for (i64 t = 0; t < s.s; ++t)
      for (i64 c = 0; c < depth; ++c)
        sum += inputs_of(s, x).at(n, p * s.stride_h + r * s.dilation_h - s.padding.top,
                                  q * s.stride_w + t * s.dilation_w - s.padding.left, first + c) *
               filters_of(s, filter).at(k, r, t, c);
  return sum;
}

inline double dx_element(Conv2dShape const& s, f32 const* dy, f32 const* filter, i64 index) {
  i64 const c = index % s.c, w = index / s.c % s.w, h = index / s.c / s.w % s.h, n = index / s.c / s.w / s.h;
  i64 const depth = s.c / s.groups, filters = s.k / s.groups, first = c / depth * filters;
  double sum = 0;
  for (i64 r = 0; r < s.r; ++r)
    for (i64 t = 0; t < s.s; ++t) {
      i64 const row = h + s.padding.top - r * s.dilation_h, column = w + s.padding.left - t * s.dilation_w;
      if (row % s.stride_h != 0 || column % s.stride_w != 0) continue;
      for (i64 k = first; k < first + filters; ++k)
        sum += outputs_of(s, dy).at(n, row / s.stride_h, column / s.stride_w, k) *
               filters_of(s, filter).at(k, r, t, c % depth);
    }
  return sum;
}

inline double dfilter_element(Conv2dShape const& s, f32 const* x, f32 const* dy, i64 index) {
  i64 const depth = s.c / s.groups, c = index % depth, t = index / depth % s.s, r = index / depth / s.s % s.r,
            k = index / depth / s.s / s.r;
  double sum = 0;
  for (i64 n = 0; n < s.n; ++n)
    for (i64 p = 0; p < s.p(); ++p)
      for (i64 q = 0; q < s.q(); ++q)
        sum +=
            inputs_of(s, x).at(n, p * s.stride_h + r * s.dilation_h - s.padding.top,
                               q * s.stride_w + t * s.dilation_w - s.padding.left, k / (s.k / s.groups) * depth + c) *
            outputs_of(s, dy).at(n, p, q, k);
  return sum;
}

}  // namespace heddle::bench
