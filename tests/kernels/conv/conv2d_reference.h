// The definition of the convolution, as loops in double precision.
#pragma once

#include <vector>

#include "kernels/conv/conv2d.h"

namespace heddle::testing {

/// Calls visit(x's index, filter's index, y's index) for every multiply-add of the convolution.
template <class Visit>
void for_each_product(Conv2dShape const& s, Visit visit) {
  i64 const p = s.p(), q = s.q(), depth = s.c / s.groups;
  for (i64 n = 0; n < s.n; ++n)
    for (i64 i = 0; i < p; ++i)
      for (i64 j = 0; j < q; ++j)
        for (i64 k = 0; k < s.k; ++k)
          for (i64 r = 0; r < s.r; ++r)
            for (i64 t = 0; t < s.s; ++t) {
              i64 const h = i * s.stride_h + r * s.dilation_h - s.padding.top;
              i64 const w = j * s.stride_w + t * s.dilation_w - s.padding.left;
              if (h < 0 || h >= s.h || w < 0 || w >= s.w) continue;
              i64 const first = ((n * s.h + h) * s.w + w) * s.c + k / (s.k / s.groups) * depth;
              for (i64 c = 0; c < depth; ++c)
                visit(static_cast<std::size_t>(first + c),
                      static_cast<std::size_t>(((k * s.r + r) * s.s + t) * depth + c),
                      static_cast<std::size_t>(((n * p + i) * q + j) * s.k + k));
            }
}

/// y, dx and dfilter for given x, filter and dy.
struct Conv2dReference {
  std::vector<double> y, dx, dfilter;

  Conv2dReference(Conv2dShape const& s, std::vector<double> const& x, std::vector<double> const& filter,
                  std::vector<double> const& dy)
      : y(dy.size()), dx(x.size()), dfilter(filter.size()) {
    for_each_product(s, [&](std::size_t at_x, std::size_t at_filter, std::size_t at_y) {
      y[at_y] += x[at_x] * filter[at_filter];
      dx[at_x] += dy[at_y] * filter[at_filter];
      dfilter[at_filter] += dy[at_y] * x[at_x];
    });
  }
};

}  // namespace heddle::testing
