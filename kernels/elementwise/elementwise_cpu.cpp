// Elementwise arithmetic and conversions on the CPU. Loops are cut at fixed places, whatever the number of threads, so
// that an element always meets the same instructions and its bits never change.
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/elementwise/elementwise_check.h"

namespace heddle::cpu {
namespace {

constexpr i64 chunk = 4096;
constexpr i64 parallel_from = 4 * chunk;  // a fork costs about as much as this many additions

template <class T>
T rounded(f32 value) {
  if constexpr (std::is_integral_v<T>) {
    constexpr f32 lowest = std::numeric_limits<T>::min(), highest = std::numeric_limits<T>::max();
    return std::isnan(value) ? T{0} : static_cast<T>(std::nearbyint(std::clamp(value, lowest, highest)));
  } else {
    return static_cast<T>(value);
  }
}

}  // namespace

template <class T>
void add(AddArgs<T> const& args, Stream) {
  check_arguments(args);
  AddArgs<T> const p = args;
#pragma omp parallel for simd schedule(static, chunk) firstprivate(p) if (p.count > parallel_from)
  for (i64 i = 0; i < p.count; ++i) p.out[i] = T(p.alpha * f32(p.a[i]) + p.beta * f32(p.b[i]));
}

template <class T>
void scale(ScaleArgs<T> const& args, Stream) {
  check_arguments(args);
  ScaleArgs<T> p = args;
  if (p.factor != nullptr) p.scale *= *p.factor;
#pragma omp parallel for simd schedule(static, chunk) firstprivate(p) if (p.count > parallel_from)
  for (i64 i = 0; i < p.count; ++i) p.y[i] = T(p.scale * f32(p.x[i]));
}

template <class Types>
void cast(CastArgs<Types> const& args, Stream) {
  check_arguments(args);
  CastArgs<Types> const p = args;
#pragma omp parallel for simd schedule(static, chunk) firstprivate(p) if (p.count > parallel_from)
  for (i64 i = 0; i < p.count; ++i) p.y[i] = rounded<typename Types::To>(static_cast<f32>(p.x[i]));
}

HEDDLE_INSTANTIATE(add, AddArgs);
HEDDLE_INSTANTIATE(scale, ScaleArgs);
HEDDLE_INSTANTIATE_CASTS();

}  // namespace heddle::cpu
