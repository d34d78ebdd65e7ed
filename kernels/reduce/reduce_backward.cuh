// The gradients of reductions: reduce_backward.h gives the formulas.
//
// Threads: each writes 16 bytes of dx. Neighbours along the inner axis have neighbouring results; where there is no
// inner axis, they share one.
//
// Floor: dx written once, and for the norm x read once; the results are few or stay in L2. 2^25 elements in bf16: 67
// MB, 16 us, for the norm 134 MB, 31 us at the 4.3 TB/s that an H200 copies. Not yet measured.
#pragma once

#include "kernels/core/divisor.h"
#include "kernels/reduce/reduce_backward.h"
#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

template <class T, int vector>
struct ReductionGradient {
  static constexpr int threads = 256;

  struct Params {
    ReduceShape shape;
    Divisor slice, inner;  // by axis * inner, and by inner
    f32 factor;
    T const* dy;       // [outer, inner]
    T const* x;        // [outer, axis, inner] for the norm, else null
    T const* y;        // [outer, inner] for the norm, else null
    i64 const* index;  // [outer, inner] for the maximum, else null
    T* dx;             // [outer, axis, inner]
  };

  struct SharedStorage {};

  HEDDLE_DEVICE void operator()(Params const& p, SharedStorage&) const {
    i64 const element = (i64{blockIdx.x} * threads + threadIdx.x) * vector;
    if (element >= p.shape.elements()) return;
    i64 const outer = p.slice.quotient(element), within = element - outer * p.slice.value();
    i64 const row = p.inner.quotient(within), result = outer * p.shape.inner + within - row * p.shape.inner;
    bool const shared_result = p.shape.inner == 1;

    f32 dx[vector];
    load_results(p.dy + result, shared_result, dx);
    if (p.index != nullptr) {
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) {
        i64 const largest = load_constant<i64>(p.index + result + (shared_result ? 0 : k));
        if (largest != row + (shared_result ? k : 0)) dx[k] = 0;
      }
    } else if (p.x != nullptr) {
      f32 x[vector], norm[vector];
      load_f32(p.x + element, x);
      load_results(p.y + result, shared_result, norm);
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) dx[k] = norm[k] == 0 ? 0.0f : dx[k] * (x[k] / norm[k]);
    } else {
      HEDDLE_UNROLL
      for (int k = 0; k < vector; ++k) dx[k] *= p.factor;
    }
    store_f32(p.dx + element, dx);
  }

 private:
  HEDDLE_DEVICE static void load_results(T const* p, bool shared_result, f32 (&values)[vector]) {
    if (!shared_result) return load_f32(p, values);
    f32 const value = to_f32(load_constant<T>(p));
    HEDDLE_UNROLL
    for (int k = 0; k < vector; ++k) values[k] = value;
  }
};

}  // namespace heddle::HEDDLE_BACKEND
