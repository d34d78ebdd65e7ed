// What the kernels of the matrix product need for operands narrower than their sums: the type of the sums, and factors.
#pragma once

#include <concepts>
#include <type_traits>

#include "kernels/core/math.h"
#include "kernels/gemm/gemm.h"
#include "kernels/machine/machine.cuh"

namespace heddle::HEDDLE_BACKEND {

/// What products of elements T are summed in: exactly, of i8.
template <class T>
using GemmSum = std::conditional_t<std::same_as<T, i8>, i32, f32>;

/// Factors of the blocks of an operand, one for 128 neighbours along k of 2^shift lines; null where there are none.
struct GemmFactors {
  f32 const* data = nullptr;  // [ceil(lines / 2^shift), blocks]
  i64 blocks = 0;             // along k
  int shift = 0;

  HEDDLE_DEVICE f32 at(i64 line, i64 block) const {
    return load_constant<f32>(data + (line >> shift) * blocks + block);
  }
};

template <class T, class D>
GemmFactors factors_of_a(GemmArgs<T, D> const& args) {
  return {args.scales.of_blocks ? args.scales.a : nullptr, ceil_div<i64>(args.k, 128), 0};
}

template <class T, class D>
GemmFactors factors_of_b(GemmArgs<T, D> const& args) {
  return {args.scales.of_blocks ? args.scales.b : nullptr, ceil_div<i64>(args.k, 128), 7};
}

/// The factors of whole matrices, each null for 1.
struct GemmScale {
  f32 const* a = nullptr;  // [1]
  f32 const* b = nullptr;  // [1]

  /// alpha times both; they are not looked at where alpha is 0.
  HEDDLE_DEVICE f32 times(f32 alpha) const {
    if (alpha == 0) return 0;
    if (a != nullptr) alpha *= load_constant<f32>(a);
    if (b != nullptr) alpha *= load_constant<f32>(b);
    return alpha;
  }
};

template <class T, class D>
GemmScale scale_of(GemmArgs<T, D> const& args) {
  return args.scales.of_blocks ? GemmScale{} : GemmScale{args.scales.a, args.scales.b};
}

}  // namespace heddle::HEDDLE_BACKEND
