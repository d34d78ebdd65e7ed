// One access to memory of the whole of a V, which is of 1, 2, 4, 8 or 16 bytes. A plain copy of a struct may become
// several accesses.
#pragma once

#include <bit>
#include <type_traits>

#include "kernels/core/types.h"
#include "kernels/machine/cache_policy.h"

namespace heddle::cuda {

namespace detail {

template <int bytes>
struct AccessWord;
template <>
struct AccessWord<1> {
  using Type = unsigned char;
};
template <>
struct AccessWord<2> {
  using Type = unsigned short;
};
template <>
struct AccessWord<4> {
  using Type = unsigned;
};
template <>
struct AccessWord<8> {
  using Type = uint2;
};
template <>
struct AccessWord<16> {
  using Type = uint4;
};

template <class V>
using WordOf = typename AccessWord<sizeof(V)>::Type;

__device__ inline void load_past_l1(unsigned& word, void const* address, CachePolicy policy) {
  asm("ld.global.nc.L1::no_allocate.L2::cache_hint.b32 %0, [%1], %2;" : "=r"(word) : "l"(address), "l"(policy));
}
__device__ inline void load_past_l1(uint2& word, void const* address, CachePolicy policy) {
  asm("ld.global.nc.L1::no_allocate.L2::cache_hint.v2.b32 {%0, %1}, [%2], %3;"
      : "=r"(word.x), "=r"(word.y)
      : "l"(address), "l"(policy));
}
__device__ inline void load_past_l1(uint4& word, void const* address, CachePolicy policy) {
  asm("ld.global.nc.L1::no_allocate.L2::cache_hint.v4.b32 {%0, %1, %2, %3}, [%4], %5;"
      : "=r"(word.x), "=r"(word.y), "=r"(word.z), "=r"(word.w)
      : "l"(address), "l"(policy));
}

__device__ inline void store_past_l1(void* address, unsigned word, CachePolicy policy) {
  asm volatile("st.global.L1::no_allocate.L2::cache_hint.b32 [%0], %1, %2;" ::"l"(address), "r"(word), "l"(policy)
               : "memory");
}
__device__ inline void store_past_l1(void* address, uint2 word, CachePolicy policy) {
  asm volatile("st.global.L1::no_allocate.L2::cache_hint.v2.b32 [%0], {%1, %2}, %3;" ::"l"(address), "r"(word.x),
               "r"(word.y), "l"(policy)
               : "memory");
}
__device__ inline void store_past_l1(void* address, uint4 word, CachePolicy policy) {
  asm volatile("st.global.L1::no_allocate.L2::cache_hint.v4.b32 [%0], {%1, %2, %3, %4}, %5;" ::"l"(address),
               "r"(word.x), "r"(word.y), "r"(word.z), "r"(word.w), "l"(policy)
               : "memory");
}

}  // namespace detail

/// Reads shared or global memory.
template <class V>
__device__ V load(void const* address) {
  return std::bit_cast<V>(*static_cast<detail::WordOf<V> const*>(address));
}

/// Reads global memory that no thread writes during the launch.
template <class V>
__device__ V load_constant(void const* address) {
  return std::bit_cast<V>(__ldg(static_cast<detail::WordOf<V> const*>(address)));
}

/// Reads global memory that will not be read again soon: it gives way first in the caches.
template <class V>
__device__ V load_streaming(void const* address) {
  return std::bit_cast<V>(__ldcs(static_cast<detail::WordOf<V> const*>(address)));
}

/// Writes shared or global memory.
template <class V>
__device__ void store(void* address, V const& value) {
  *static_cast<detail::WordOf<V>*>(address) = std::bit_cast<detail::WordOf<V>>(value);
}

/// Writes global memory that will not be read again soon.
template <class V>
__device__ void store_streaming(void* address, V const& value) {
  __stcs(static_cast<detail::WordOf<V>*>(address), std::bit_cast<detail::WordOf<V>>(value));
}

/// Reads 4, 8 or 16 bytes of global memory that no thread writes during the launch, and keeps them out of the
/// first-level cache (ld.global.nc.L1::no_allocate): each is read once by a multiprocessor.
template <class V>
__device__ V load_constant_past_l1(void const* address, CachePolicy policy = CachePolicy::evict_normal) {
  static_assert(sizeof(V) >= 4);
  detail::WordOf<V> word;
  detail::load_past_l1(word, address, policy);
  return std::bit_cast<V>(word);
}

/// Writes 4, 8 or 16 bytes of global memory, and keeps them out of the first-level cache.
template <class V>
__device__ void store_past_l1(void* address, V const& value, CachePolicy policy = CachePolicy::evict_normal) {
  static_assert(sizeof(V) >= 4);
  detail::store_past_l1(address, std::bit_cast<detail::WordOf<V>>(value), policy);
}

/// Asks for the line of global memory at an address in the second-level cache.
__device__ inline void prefetch_l2(void const* address) {
  asm volatile("prefetch.global.L2 [%0];" ::"l"(address) : "memory");
}

}  // namespace heddle::cuda
