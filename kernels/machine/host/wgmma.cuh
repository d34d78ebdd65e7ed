// Products of large matrices by a warpgroup (PTX ISA, wgmma.mma_async): D [64, n] = A [64, k] B [k, n] + D.
//
// A warpgroup is four warps, the first a multiple of four. All its threads call together and with the same descriptors.
// The product goes on while the threads do other things: between wgmma and the wgmma_wait that covers it, they touch
// neither D nor A in registers, and nobody writes what it reads of shared memory. Meanwhile D is NaN here, unless
// asynchronous operations are eager; that A stays as it is is not checked. The arithmetic is that of
// matrix_arithmetic.h.
#pragma once

#include "kernels/machine/host/aligned.h"
#include "kernels/machine/host/wgmma.h"

namespace heddle::emulated {

/// To call before the first wgmma, and after this warp's threads have touched registers that the next one uses: D, or
/// A. Here it is asked for after every wait.
inline void wgmma_fence(std::source_location where = std::source_location::current()) { fence_products(where); }

/// The same, and the compiler keeps uses of d before it.
template <class D, int count>
void wgmma_fence(D (&)[count], std::source_location where = std::source_location::current()) {
  fence_products(where);
}

/// The same for d and for A in registers.
template <class D, int count, class A, int words>
void wgmma_fence(D (&)[count], A (&)[words], std::source_location where = std::source_location::current()) {
  fence_products(where);
}

/// Closes this warp's group of products.
inline void wgmma_commit(std::source_location where = std::source_location::current()) { commit_products(where); }

/// Waits until at most the newest `pending` groups of this warp, 0 to 7, are in flight.
/// Throws an Error when a product belongs to no group yet.
template <int pending>
void wgmma_wait(std::source_location where = std::source_location::current()) {
  static_assert(pending >= 0 && pending <= 7);
  wait_for_products(pending, where);
}

/// The same, and the compiler keeps uses of d behind it: the form for accumulators that are used next.
template <int pending, class D, int count>
void wgmma_wait(D (&)[count], std::source_location where = std::source_location::current()) {
  wgmma_wait<pending>(where);
}

namespace detail {

template <class A, class B, class D, int count, WgmmaOptions options, bool a_in_registers>
struct Wgmma {
  using Element = std::conditional_t<std::same_as<D, u32>, f16, D>;
  static constexpr WgmmaKind kind = {wgmma_n<D>(count), wgmma_k<A>,     count,
                                     options,           a_in_registers, multiply<A, B, Element>};
  static void perform(Request const* requests, unsigned, u64*) { issue_product(kind, requests); }
  static constexpr Collective collective = {"wgmma", perform};
};

template <class A, class B, WgmmaOptions options, class D, int count>
void wgmma(D (&d)[count], u32 const* a_registers, MatrixDescriptor a, MatrixDescriptor b, bool accumulate,
           std::source_location where) {
  static_assert(wgmma_exists<A, B, D>(wgmma_n<D>(count), options), "there is no such instruction");
  WgmmaOperands const operands = {reinterpret_cast<u32*>(d), a_registers, a, b, accumulate};
  if (a_registers == nullptr)
    aligned_collective(Wgmma<A, B, D, count, options, false>::collective, &operands, where);
  else
    aligned_collective(Wgmma<A, B, D, count, options, true>::collective, &operands, where);
}

}  // namespace detail

/// d = a b, and + d where `accumulate`, for elements A and B; n follows from count.
///   A = B = bf16, f16, tf32   f32 d[n / 2]   n a multiple of 8 up to 256
///   A = B = f16               u32 d[n / 4]   likewise: pairs of f16, to which each product rounds its sums
///   A, B = f8e4m3, f8e5m2     f32, or u32    likewise
///   A = B = i8, u8            i32 d[n / 2]   n 8, 16, 24, 32, 48, 64, 80, …, 256
/// Throws an Error without wgmma_fence before, for a descriptor that cannot be, for an operand outside of shared
/// memory, and unless all warps of a complete warpgroup come to the same products.
template <class A, class B = A, WgmmaOptions options = WgmmaOptions{}, class D, int count>
void wgmma(D (&d)[count], MatrixDescriptor a, MatrixDescriptor b, bool accumulate,
           std::source_location where = std::source_location::current()) {
  detail::wgmma<A, B, options>(d, nullptr, a, b, accumulate, where);
}

/// The same with A in registers, which stay as they are until the wait.
template <class A, class B = A, WgmmaOptions options = WgmmaOptions{}, class D, int count>
void wgmma(D (&d)[count], u32 (&a)[4], MatrixDescriptor b, bool accumulate,
           std::source_location where = std::source_location::current()) {
  static_assert(options.a == Major::k, "A in registers has no major");
  detail::wgmma<A, B, options>(d, a, {}, b, accumulate, where);
}

}  // namespace heddle::emulated
