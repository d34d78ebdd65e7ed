// The reference of global average pooling: sums in double precision.
#include <algorithm>
#include <vector>

#include "kernels/core/arguments.h"
#include "kernels/pool/global_average.h"

namespace heddle::cpu {

template <class T>
void global_average_forward(GlobalAverageForwardArgs<T> const& a, Stream) {
  check_global_average("global_average_forward", a.n, a.positions, a.c);
  check_tensors("global_average_forward", a);
#pragma omp parallel
  {
    std::vector<double> sum(static_cast<std::size_t>(a.c));
#pragma omp for schedule(static)
    for (i64 image = 0; image < a.n; ++image) {
      std::fill(sum.begin(), sum.end(), 0.0);
      T const* from = a.x + image * a.positions * a.c;
      for (i64 position = 0; position < a.positions; ++position, from += a.c)
        for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += static_cast<f32>(from[k]);
      std::transform(sum.begin(), sum.end(), a.y + image * a.c,
                     [&](double value) { return T(static_cast<f32>(value / static_cast<double>(a.positions))); });
    }
  }
}

template <class T>
void global_average_backward(GlobalAverageBackwardArgs<T> const& a, Stream) {
  check_global_average("global_average_backward", a.n, a.positions, a.c);
  check_tensors("global_average_backward", a);
#pragma omp parallel for schedule(static)
  for (i64 image = 0; image < a.n; ++image) {
    T* to = a.dx + image * a.positions * a.c;
    T const* const from = a.dy + image * a.c;
    for (i64 position = 0; position < a.positions; ++position, to += a.c)
      for (i64 k = 0; k < a.c; ++k) to[k] = T(static_cast<f32>(from[k]) / static_cast<f32>(a.positions));
  }
}

HEDDLE_INSTANTIATE(global_average_forward, GlobalAverageForwardArgs);
HEDDLE_INSTANTIATE(global_average_backward, GlobalAverageBackwardArgs);

}  // namespace heddle::cpu
