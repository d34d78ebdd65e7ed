// One access to memory of the whole of a V, which is of 1, 2, 4, 8 or 16 bytes.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "kernels/core/error.h"

namespace heddle::emulated {

namespace detail {

template <class V>
void check_access(char const* operation, void const* address) {
  static_assert(std::is_trivially_copyable_v<V> && std::has_single_bit(sizeof(V)) && sizeof(V) <= 16);
  check(reinterpret_cast<std::uintptr_t>(address) % sizeof(V) == 0, operation, " of ", sizeof(V),
        " bytes at an address that is no multiple of them: ", address);
}

}  // namespace detail

/// Reads global memory that no thread writes during the launch.
template <class V>
V load_constant(void const* address) {
  detail::check_access<V>("load_constant", address);
  V value;
  std::memcpy(&value, address, sizeof(V));
  return value;
}

template <class V>
void store(void* address, V const& value) {
  detail::check_access<V>("store", address);
  std::memcpy(address, &value, sizeof(V));
}

}  // namespace heddle::emulated
