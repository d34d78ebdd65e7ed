// Products of small matrices by a warp: D [16, 8] += A [16, k] B [k, 8], as mma.sync computes them.
// The arithmetic is that of matrix_arithmetic.h.
#pragma once

#include <cstring>

#include "kernels/machine/fragment.h"
#include "kernels/machine/host/aligned.h"
#include "kernels/machine/host/matrix_arithmetic.h"
#include "kernels/machine/host/scheduler/cluster.h"

namespace heddle::emulated {

namespace detail {

template <class T, class D, int words>
constexpr bool mma_exists() {
  if (words != 2 && words != 4) return false;
  if (std::same_as<T, i8>) return std::same_as<D, i32>;
  if (std::same_as<T, f16> && std::same_as<D, u32>) return true;
  if (std::same_as<T, f8e4m3> && words != 4) return false;
  return std::same_as<D, f32> &&
         (std::same_as<T, f16> || std::same_as<T, bf16> || std::same_as<T, tf32> || std::same_as<T, f8e4m3>);
}

struct MmaOperands {
  void* d;
  u32 const* a;
  u32 const* b;
};

/// Element is that of the accumulator.
template <class T, class Element, int words>
struct Mma {
  static constexpr int packed = 4 / sizeof(T), k = 2 * packed * words;

  static void perform(Request const* requests, unsigned, u64*) {
    check_same_place(requests);
    Block& block = Block::current("mma");
    if (Observer* const observer = block.cluster().observer())
      observer->matrix_operations(block.actor(), 2 * 16 * 8 * k);
    Wide<T> a[16][k], b[k][8], d[16][8];
    for (int lane = 0; lane < warp_size; ++lane) {
      auto const& operands = operands_of<MmaOperands>(requests[lane]);
      T a_elements[packed * words], b_elements[packed * words / 2];
      std::memcpy(static_cast<void*>(a_elements), operands.a, sizeof a_elements);
      std::memcpy(static_cast<void*>(b_elements), operands.b, sizeof b_elements);
      for (int i = 0; i < packed * words; ++i) {
        Place const place = a_fragment<T>(lane, i);
        a[place.row][place.column] = widen(a_elements[i]);
      }
      for (int i = 0; i < packed * words / 2; ++i) {
        Place const place = b_fragment<T>(lane, i);
        b[place.row][place.column] = widen(b_elements[i]);
      }
      visit_accumulator(lane, operands, [&](Element element, Place place) {
        d[place.row][place.column] = widen_accumulator(element);
        return element;
      });
    }
    multiply_accumulate(d, a, b);
    for (int lane = 0; lane < warp_size; ++lane)
      visit_accumulator(lane, operands_of<MmaOperands>(requests[lane]), [&](Element element, Place place) {
        narrow_accumulator(element, d[place.row][place.column]);
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

}  // namespace detail

/// d += a b, for elements T in 2 or 4 words of A; k follows: it is 2 * words * (4 / sizeof(T)).
///   T = bf16, f16   f32 d[4]                     k 8, 16
///   T = f16         u32 d[2], pairs of f16       k 8, 16
///   T = tf32        f32 d[4]                     k 4, 8    the low 13 bits of elements are ignored
///   T = i8          i32 d[4]                     k 16, 32
///   T = f8e4m3      f32 d[4]                     k 32      needs sm_89
/// Throws an Error unless the 32 lanes of a warp come to it together.
template <class T, class D, int registers, int words>
void mma(D (&d)[registers], u32 const (&a)[words], u32 const (&b)[words / 2],
         std::source_location where = std::source_location::current()) {
  static_assert(detail::mma_exists<T, D, words>(), "there is no such instruction");
  using Element = std::conditional_t<std::same_as<D, u32>, f16, D>;
  static_assert(sizeof d == 4 * sizeof(Element));
  Block::current("mma").check_architecture("mma", std::same_as<T, f8e4m3> ? 89 : 80);
  detail::MmaOperands const operands = {d, a, b};
  detail::aligned_collective(detail::Mma<T, Element, words>::collective, &operands, where);
}

}  // namespace heddle::emulated
