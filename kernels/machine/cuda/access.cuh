// One access to memory of the whole of a V, which is of 1, 2, 4, 8 or 16 bytes. A plain copy of a struct may become
// several accesses.
#pragma once

#include <bit>
#include <type_traits>

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

}  // namespace heddle::cuda
