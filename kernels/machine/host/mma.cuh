// Products of small matrices by a warp: D [16, 8] += A [16, k] B [k, 8], as mma.sync computes them.
// The arithmetic is that of matrix_arithmetic.h.
#pragma once

#include <cmath>
#include <cstring>
#include <iterator>

#include "kernels/machine/fragment.h"
#include "kernels/machine/host/aligned.h"
#include "kernels/machine/host/matrix_arithmetic.h"
#include "kernels/machine/host/scheduler/cluster.h"
#include "kernels/machine/mma.h"

namespace heddle::emulated {

namespace detail {

struct MmaOperands {
  void* d;
  u32 const* a;
  u32 const* b;
};

/// Elements of A and B of every place, from the lanes' words.
template <class T, int words, class Put>
void read_elements(u32 const* registers, Put put) {
  T elements[4 / sizeof(T) * words];
  std::memcpy(static_cast<void*>(elements), registers, sizeof elements);
  for (int i = 0; i < static_cast<int>(std::size(elements)); ++i) put(i, widen(elements[i]));
}

/// Element is that of the accumulator.
template <class A, class B, class Element, int words, Overflow overflow>
struct Mma {
  static constexpr int k = mma_k<A>(words);

  static void perform(Request const* requests, unsigned, u64*) {
    check_same_place(requests);
    Block& block = Block::current("mma");
    if (Observer* const observer = block.cluster().observer())
      observer->matrix_operations(block.actor(), 2 * 16 * 8 * k);
    Wide<A> a[16][k], b[k][8], d[16][8] = {};
    for (int lane = 0; lane < warp_size; ++lane) {
      auto const& operands = operands_of<MmaOperands>(requests[lane]);
      read_elements<A, words>(operands.a, [&](int i, Wide<A> element) {
        Place const place = a_fragment<A>(lane, i);
        a[place.row][place.column] = element;
      });
      read_elements<B, words / 2>(operands.b, [&](int i, Wide<A> element) {
        Place const place = b_fragment<B>(lane, i);
        b[place.row][place.column] = element;
      });
      if constexpr (overflow == Overflow::wraps)
        visit_accumulator(lane, operands, [&](Element element, Place place) {
          d[place.row][place.column] = widen_accumulator(element);
          return element;
        });
    }
    multiply_accumulate(d, a, b);
    for (int lane = 0; lane < warp_size; ++lane)
      visit_accumulator(lane, operands_of<MmaOperands>(requests[lane]), [&](Element element, Place place) {
        if constexpr (overflow == Overflow::wraps)
          narrow_accumulator(element, d[place.row][place.column]);
        else
          add_saturating(element, d[place.row][place.column]);
        return element;
      });
  }

  /// Replaces each element that the lane holds by visit(element, place).
  template <class Visit>
  static void visit_accumulator(int lane, MmaOperands const& operands, Visit visit) {
    Element elements[4];
    std::memcpy(static_cast<void*>(elements), operands.d, sizeof elements);
    for (int i = 0; i < 4; ++i) elements[i] = visit(elements[i], accumulator_fragment(lane, i));
    std::memcpy(operands.d, elements, sizeof elements);
  }

  static constexpr Collective collective = {"mma", perform};
};

/// A lane's elements for m8n8k4.
struct MmaOfDoubles {
  double* d;
  double a, b;

  static void perform(Request const* requests, unsigned, u64*) {
    check_same_place(requests);
    Block& block = Block::current("mma");
    if (Observer* const observer = block.cluster().observer())
      observer->matrix_operations(block.actor(), 2 * 8 * 8 * 4);
    for (int lane = 0; lane < warp_size; ++lane)
      for (int i = 0; i < 2; ++i) {
        Place const place = accumulator_fragment(lane, i);
        double& sum = operands_of<MmaOfDoubles>(requests[lane]).d[i];
        for (int k = 0; k < 4; ++k)
          sum = std::fma(operands_of<MmaOfDoubles>(requests[4 * place.row + k]).a,
                         operands_of<MmaOfDoubles>(requests[4 * place.column + k]).b, sum);
      }
  }

  static constexpr Collective collective = {"mma", perform};
};

}  // namespace detail

/// d += a b, for elements A and B in 2 or 4 words of A; k follows: it is 2 * words * (4 / sizeof(A)).
///   A = B = bf16, f16      f32 d[4]                     k 8, 16
///   A = B = f16            u32 d[2], pairs of f16       k 8, 16
///   A = B = tf32           f32 d[4]                     k 4, 8    the low 13 bits of elements are ignored
///   A, B = i8, u8          i32 d[4]                     k 16, 32  wraps, or saturates at the end
///   A, B = f8e4m3, f8e5m2  f32 d[4], or u32 d[2]        k 32      needs sm_89
/// Throws an Error unless the 32 lanes of a warp come to it together.
template <class A, class B = A, Overflow overflow = Overflow::wraps, class D, int registers, int words>
void mma(D (&d)[registers], u32 const (&a)[words], u32 const (&b)[words / 2],
         std::source_location where = std::source_location::current()) {
  static_assert(mma_exists<A, B, D>(words, overflow), "there is no such instruction");
  using Element = std::conditional_t<std::same_as<D, u32>, f16, D>;
  static_assert(sizeof d == 4 * sizeof(Element));
  Block::current("mma").check_architecture("mma", is_f8<A> ? 89 : 80);
  detail::MmaOperands const operands = {d, a, b};
  detail::aligned_collective(detail::Mma<A, B, Element, words, overflow>::collective, &operands, where);
}

/// d += a b in double precision: D [8, 8], A [8, 4], B [4, 8]. A lane holds one element of A and one of B. Terms are
/// added in the order of k, rounding each.
inline void mma(double (&d)[2], double a, double b, std::source_location where = std::source_location::current()) {
  Block::current("mma").check_architecture("mma", 80);
  detail::MmaOfDoubles const operands = {d, a, b};
  detail::aligned_collective(detail::MmaOfDoubles::collective, &operands, where);
}

}  // namespace heddle::emulated
