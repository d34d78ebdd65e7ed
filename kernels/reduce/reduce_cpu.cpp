// The reference: sums in double precision, each made by one thread from the first element of the axis to the last.
#include <algorithm>
#include <cmath>

#include "kernels/core/math.h"
#include "kernels/reduce/reduce_check.h"

namespace heddle::cpu {
namespace {

constexpr i64 chunk = 64;               // of the inner axis, which one thread carries down the reduced one
constexpr i64 parallel_from = 1 << 14;  // elements

/// Calls body(o, first, count) for every outer index and chunk of the inner axis.
template <class Body>
void for_each_chunk(ReduceShape const& shape, Body const& body) {
  i64 const chunks = ceil_div(shape.inner, chunk);
#pragma omp parallel for collapse(2) schedule(static) if (shape.elements() > parallel_from)
  for (i64 o = 0; o < shape.outer; ++o)
    for (i64 c = 0; c < chunks; ++c) body(o, c * chunk, std::min(chunk, shape.inner - c * chunk));
}

double finished(Summary summary, double sum, i64 axis) {
  switch (summary) {
    case Summary::mean:
      return sum / static_cast<double>(axis);
    case Summary::l2_norm:
      return std::sqrt(sum);
    default:
      return sum;
  }
}

}  // namespace

template <class T>
void reduce_sum(ReduceSumArgs<T> const& a, Stream) {
  check_arguments(a);
  for_each_chunk(a.shape, [&](i64 o, i64 first, i64 count) {
    double sums[chunk] = {};
    for (i64 i = 0; i < a.shape.axis; ++i) {
      T const* const x = a.x + (o * a.shape.axis + i) * a.shape.inner + first;
      for (i64 j = 0; j < count; ++j) {
        double const value = f32(x[j]);
        sums[j] += a.summary == Summary::l2_norm ? value * value : value;
      }
    }
    for (i64 j = 0; j < count; ++j)
      a.y[o * a.shape.inner + first + j] = T(static_cast<f32>(finished(a.summary, sums[j], a.shape.axis)));
  });
}

template <class T>
void reduce_dot(ReduceDotArgs<T> const& a, Stream) {
  check_arguments(a);
  for_each_chunk(a.shape, [&](i64 o, i64 first, i64 count) {
    double sums[chunk] = {};
    for (i64 i = 0; i < a.shape.axis; ++i) {
      i64 const begin = (o * a.shape.axis + i) * a.shape.inner + first;
      for (i64 j = 0; j < count; ++j) sums[j] += static_cast<double>(f32(a.x[begin + j])) * f32(a.z[begin + j]);
    }
    for (i64 j = 0; j < count; ++j) a.y[o * a.shape.inner + first + j] = T(static_cast<f32>(sums[j]));
  });
}

template <class T>
void reduce_max(ReduceMaxArgs<T> const& a, Stream) {
  check_arguments(a);
  for_each_chunk(a.shape, [&](i64 o, i64 first, i64 count) {
    T const* const x = a.x + o * a.shape.axis * a.shape.inner + first;
    for (i64 j = 0; j < count; ++j) {
      i64 best = 0;
      for (i64 i = 1; i < a.shape.axis; ++i) {
        f32 const value = f32(x[i * a.shape.inner + j]), largest = f32(x[best * a.shape.inner + j]);
        if (value > largest || (std::isnan(value) && !std::isnan(largest))) best = i;
      }
      i64 const result = o * a.shape.inner + first + j;
      if (a.y != nullptr) a.y[result] = x[best * a.shape.inner + j];
      if (a.index != nullptr) a.index[result] = best;
    }
  });
}

HEDDLE_INSTANTIATE(reduce_sum, ReduceSumArgs);
HEDDLE_INSTANTIATE(reduce_dot, ReduceDotArgs);
HEDDLE_INSTANTIATE(reduce_max, ReduceMaxArgs);

}  // namespace heddle::cpu
