// Functions of elements, and what they read and write: the part that a map over tensors (elementwise) and a reduction
// of them share.
//
// A function of elements is a trivially copyable struct F with
//   using In, Out;                                element types: f32, f16, bf16, f8e4m3, i8, u8
//   static constexpr int inputs;                  tensors of In
//   template <int n> HEDDLE_DEVICE void operator()(i64 first, f32 (&values)[inputs][n]) const;
//       puts the results for elements first, …, first + n - 1 into values[0]. n is 1, or elements_of_access<F>, and
//       then divides `first`.
#pragma once

#include <bit>
#include <type_traits>

#include "kernels/tile/vector.cuh"

namespace heddle::HEDDLE_BACKEND {

/// Elements of one access: 16 bytes of the wider type. The narrower then takes fewer bytes, but those of a warp are
/// still side by side.
template <class F>
inline constexpr int elements_of_access = 16 / static_cast<int>(sizeof(typename F::In) > sizeof(typename F::Out)
                                                                    ? sizeof(typename F::In)
                                                                    : sizeof(typename F::Out));

/// Rounded to nearest even; into the range of T where that is one of integers, of which NaN becomes 0.
template <class T>
HEDDLE_DEVICE T rounded(f32 value) {
  if constexpr (std::is_integral_v<T>) {
    constexpr f32 lowest = std::is_signed_v<T> ? -128 : 0, highest = std::is_signed_v<T> ? 127 : 255;
    return static_cast<T>(value != value ? 0.0f : rintf(fminf(fmaxf(value, lowest), highest)));
  } else {
    return from_f32<T>(value);
  }
}

/// n elements of T as they were read. Held as words where they fill some, so that a load that depends on a condition
/// does not take a register for each element.
template <class T, int n>
using RawVector = std::conditional_t<sizeof(T) * n % sizeof(u32) == 0,
                                     Vector<u32, static_cast<int>(sizeof(T) * n / sizeof(u32))>, Vector<T, n>>;

template <class F>
struct ElementOperands {
  using In = typename F::In;
  using Out = typename F::Out;
  static constexpr int inputs = F::inputs;

  template <int n>
  struct Held {
    RawVector<In, n> of[inputs];
  };

  In const* in[inputs];  // null where there is none, which then reads as zeros
  Out* out;              // null: nothing is written; may be an input
  F function;

  /// The elements first, …, first + n - 1 of every input.
  template <int n>
  HEDDLE_DEVICE void read(i64 first, Held<n>& held) const {
    HEDDLE_UNROLL
    for (int k = 0; k < inputs; ++k)
      held.of[k] = in[k] == nullptr ? RawVector<In, n>{} : load<RawVector<In, n>>(in[k] + first);
  }

  /// F of them, also written to `out`.
  template <int n>
  HEDDLE_DEVICE void evaluate(i64 first, Held<n> const& held, f32 (&values)[inputs][n]) const {
    HEDDLE_UNROLL
    for (int k = 0; k < inputs; ++k) {
      auto const elements = std::bit_cast<Vector<In, n>>(held.of[k]);
      HEDDLE_UNROLL
      for (int i = 0; i < n; ++i) values[k][i] = to_f32(elements.values[i]);
    }
    function(first, values);
    if (out == nullptr) return;
    Vector<Out, n> result;
    HEDDLE_UNROLL
    for (int i = 0; i < n; ++i) result.values[i] = rounded<Out>(values[0][i]);
    store(out + first, result);
  }
};

}  // namespace heddle::HEDDLE_BACKEND
