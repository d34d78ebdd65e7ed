// One access to memory of the whole of a V, which is of 1, 2, 4, 8 or 16 bytes.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <source_location>
#include <type_traits>

#include "kernels/core/error.h"
#include "kernels/machine/cache_policy.h"
#include "kernels/machine/host/scheduler/block.h"

namespace heddle::emulated {

namespace detail {

template <class V>
void check_access(char const* operation, void const* address) {
  static_assert(std::is_trivially_copyable_v<V> && std::has_single_bit(sizeof(V)) && sizeof(V) <= 16);
  check(reinterpret_cast<std::uintptr_t>(address) % sizeof(V) == 0, operation, " of ", sizeof(V),
        " bytes at an address that is no multiple of them: ", address);
}

// Instrumentation would see the parts of a V that the kernel uses, not the one access.
template <class V>
[[gnu::no_sanitize("thread")]] V read(void const* address) {
  V value;
  std::memcpy(&value, address, sizeof(V));
  return value;
}

template <class V>
[[gnu::no_sanitize("thread")]] void write(void* address, V value) {
  std::memcpy(address, &value, sizeof(V));
}

template <class V>
V load_as(char const* operation, void const* address, std::source_location where) {
  check_access<V>(operation, address);
  observe(address, sizeof(V), AccessKind::read, where);
  return read<V>(address);
}

template <class V>
void store_as(char const* operation, void* address, V const& value, std::source_location where) {
  check_access<V>(operation, address);
  observe(address, sizeof(V), AccessKind::write, where);
  write<V>(address, value);
}

}  // namespace detail

/// Reads shared or global memory.
template <class V>
V load(void const* address, std::source_location where = std::source_location::current()) {
  return detail::load_as<V>("load", address, where);
}

/// Reads global memory that no thread writes during the launch.
template <class V>
V load_constant(void const* address, std::source_location where = std::source_location::current()) {
  return detail::load_as<V>("load_constant", address, where);
}

/// Reads global memory that will not be read again soon: it gives way first in the caches.
template <class V>
V load_streaming(void const* address, std::source_location where = std::source_location::current()) {
  return detail::load_as<V>("load_streaming", address, where);
}

/// Writes shared or global memory.
template <class V>
void store(void* address, V const& value, std::source_location where = std::source_location::current()) {
  detail::store_as("store", address, value, where);
}

/// Writes global memory that will not be read again soon.
template <class V>
void store_streaming(void* address, V const& value, std::source_location where = std::source_location::current()) {
  detail::store_as("store_streaming", address, value, where);
}

/// Reads 4, 8 or 16 bytes of global memory that no thread writes during the launch, and keeps them out of the
/// first-level cache (ld.global.nc.L1::no_allocate): each is read once by a multiprocessor.
template <class V>
V load_constant_past_l1(void const* address, CachePolicy = CachePolicy::evict_normal,
                        std::source_location where = std::source_location::current()) {
  static_assert(sizeof(V) >= 4);
  return detail::load_as<V>("load_constant_past_l1", address, where);
}

/// Writes 4, 8 or 16 bytes of global memory, and keeps them out of the first-level cache.
template <class V>
void store_past_l1(void* address, V const& value, CachePolicy = CachePolicy::evict_normal,
                   std::source_location where = std::source_location::current()) {
  static_assert(sizeof(V) >= 4);
  detail::store_as("store_past_l1", address, value, where);
}

/// Asks for the line of global memory at an address in the second-level cache.
inline void prefetch_l2(void const*) {}

}  // namespace heddle::emulated
