// Products of large matrices by a warpgroup (PTX ISA, wgmma.mma_async), for sm_90a: D [64, n] = A [64, k] B [k, n] + D.
//
// A warpgroup is four warps, the first a multiple of four. All its threads call together and with the same descriptors.
// The product goes on while the threads do other things: between wgmma and the wgmma_wait that covers it, they touch
// neither D nor A in registers, and nobody writes what it reads of shared memory. Which element is in which register:
// kernels/machine/fragment.h. Elements of tf32 are cut off at bit 13; sums of f8 lose what is below 2^-13 of the
// largest term.
#pragma once

#include <type_traits>

#include "kernels/machine/cuda/architecture.cuh"
#include "kernels/machine/cuda/language.cuh"
#include "kernels/machine/cuda/wgmma_instruction.cuh"
#include "kernels/machine/wgmma.h"

namespace heddle::cuda {

namespace detail {

/// Keeps the compiler from moving uses of registers, alone or in arrays, across this place.
template <class R>
__device__ void hold(R& registers) {
  if constexpr (std::is_array_v<R>) {
    HEDDLE_UNROLL
    for (int i = 0; i < static_cast<int>(std::extent_v<R>); ++i) hold(registers[i]);
  } else if constexpr (std::same_as<R, f32>) {
    asm volatile("" : "+f"(registers)::"memory");
  } else {
    asm volatile("" : "+r"(registers)::"memory");
  }
}

template <class A, class B, WgmmaOptions options, class MajorText, class D, int count, class Operand>
__device__ void wgmma(D (&d)[count], Operand const& a, MatrixDescriptor b, bool accumulate) {
  constexpr int n = wgmma_n<D>(count);
  static_assert(wgmma_exists<A, B, D>(n, options), "there is no such instruction");
  using Signs = std::conditional_t<std::integral<A>, WgmmaNone, WgmmaSigns<options>>;
  using Majors = std::conditional_t<sizeof(A) == 2, MajorText, WgmmaNone>;
  if constexpr (is_sm_90a)
    multiply<WgmmaShape<n, A, B, D>, Signs, Majors>(d, a, b, accumulate);
  else
    __trap();
}

}  // namespace detail

/// To call before the first wgmma, and after this warp's threads have touched registers that the next one uses: D, or
/// A.
__device__ inline void wgmma_fence() {
  if constexpr (is_sm_90a)
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
  else
    __trap();
}

/// The same, and the compiler keeps uses of d before it.
template <class D, int count>
__device__ void wgmma_fence(D (&d)[count]) {
  detail::hold(d);
  wgmma_fence();
}

/// The same for d and for A in registers.
template <class D, int count, class A, int words>
__device__ void wgmma_fence(D (&d)[count], A (&a)[words]) {
  detail::hold(a);
  wgmma_fence(d);
}

/// Closes this warp's group of products.
__device__ inline void wgmma_commit() {
  if constexpr (is_sm_90a)
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
  else
    __trap();
}

/// Waits until at most the newest `pending` groups of this warp, 0 to 7, are in flight.
template <int pending>
__device__ void wgmma_wait() {
  static_assert(pending >= 0 && pending <= 7);
  if constexpr (is_sm_90a)
    asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(pending) : "memory");
  else
    __trap();
}

/// The same, and the compiler keeps uses of d behind it: the form for accumulators that are used next.
template <int pending, class D, int count>
__device__ void wgmma_wait(D (&d)[count]) {
  wgmma_wait<pending>();
  detail::hold(d);
}

/// d = a b, and + d where `accumulate`, for elements A and B; n follows from count.
///   A = B = bf16, f16, tf32   f32 d[n / 2]   n a multiple of 8 up to 256
///   A = B = f16               u32 d[n / 4]   likewise: pairs of f16, to which each product rounds its sums
///   A, B = f8e4m3, f8e5m2     f32, or u32    likewise
///   A = B = i8, u8            i32 d[n / 2]   n 8, 16, 24, 32, 48, 64, 80, …, 256
template <class A, class B = A, WgmmaOptions options = WgmmaOptions{}, class D, int count>
__device__ void wgmma(D (&d)[count], MatrixDescriptor a, MatrixDescriptor b, bool accumulate) {
  detail::wgmma<A, B, options, detail::WgmmaMajors<options>>(d, a, b, accumulate);
}

/// The same with A in registers, which stay as they are until the wait.
template <class A, class B = A, WgmmaOptions options = WgmmaOptions{}, class D, int count>
__device__ void wgmma(D (&d)[count], u32 (&a)[4], MatrixDescriptor b, bool accumulate) {
  static_assert(options.a == Major::k, "A in registers has no major");
  detail::wgmma<A, B, options, detail::WgmmaMajorOfB<options>>(d, a, b, accumulate);
}

}  // namespace heddle::cuda
