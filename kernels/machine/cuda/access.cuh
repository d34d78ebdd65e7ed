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

}  // namespace detail

/// Reads global memory that no thread writes during the launch.
template <class V>
__device__ V load_constant(void const* address) {
  return std::bit_cast<V>(__ldg(static_cast<typename detail::AccessWord<sizeof(V)>::Type const*>(address)));
}

template <class V>
__device__ void store(void* address, V const& value) {
  using Word = typename detail::AccessWord<sizeof(V)>::Type;
  *static_cast<Word*>(address) = std::bit_cast<Word>(value);
}

}  // namespace heddle::cuda
