// The reference.
#include "kernels/reduce/reduce_backward.h"
#include "kernels/reduce/reduce_backward_check.h"

namespace heddle::cpu {
namespace {

/// Calls body(o, i, j) for every element.
template <class Body>
void for_each_element(ReduceShape const& shape, Body const& body) {
#pragma omp parallel for collapse(2) schedule(static)
  for (i64 o = 0; o < shape.outer; ++o)
    for (i64 i = 0; i < shape.axis; ++i)
      for (i64 j = 0; j < shape.inner; ++j) body(o, i, j);
}

}  // namespace

template <class T>
void reduce_sum_backward(ReduceSumBackwardArgs<T> const& a, Stream) {
  check_arguments(a);
  for_each_element(a.shape, [&](i64 o, i64 i, i64 j) {
    i64 const result = o * a.shape.inner + j, element = (o * a.shape.axis + i) * a.shape.inner + j;
    double dx = f32(a.dy[result]);
    if (a.summary == Summary::mean) dx /= static_cast<double>(a.shape.axis);
    if (a.summary == Summary::l2_norm) {
      double const norm = f32(a.y[result]);
      dx = norm == 0 ? 0 : dx * f32(a.x[element]) / norm;
    }
    a.dx[element] = T(static_cast<f32>(dx));
  });
}

template <class T>
void reduce_max_backward(ReduceMaxBackwardArgs<T> const& a, Stream) {
  check_arguments(a);
  for_each_element(a.shape, [&](i64 o, i64 i, i64 j) {
    i64 const result = o * a.shape.inner + j;
    a.dx[(o * a.shape.axis + i) * a.shape.inner + j] = i == a.index[result] ? a.dy[result] : T(0.0f);
  });
}

HEDDLE_INSTANTIATE(reduce_sum_backward, ReduceSumBackwardArgs);
HEDDLE_INSTANTIATE(reduce_max_backward, ReduceMaxBackwardArgs);

}  // namespace heddle::cpu
