// Atomic operations of CUDA C++, on memory that blocks on other host threads share. Each gives what was there before.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <source_location>
#include <type_traits>

#include "kernels/core/error.h"
#include "kernels/machine/host/arithmetic.cuh"
#include "kernels/machine/host/scheduler/block.h"

namespace heddle::emulated::detail {

template <class T>
concept AtomicInteger = std::same_as<T, int> || std::same_as<T, unsigned> || std::same_as<T, unsigned long long>;
template <class T>
concept AtomicNumber = AtomicInteger<T> || std::same_as<T, float> || std::same_as<T, double>;

/// Replaces the word by change(word).
template <class T, class Change>
T atomic(char const* name, T* address, std::source_location where, Change change) {
  if (reinterpret_cast<std::uintptr_t>(address) % sizeof(T) != 0)
    fail(name, " at ", describe(where), ": the address must be a multiple of ", sizeof(T), ": address=", address);
  Block::current(name).observe(address, sizeof(T), AccessKind::atomic, where);
  std::atomic_ref word(*address);
  T old = word.load();
  while (!word.compare_exchange_weak(old, change(old))) {
  }
  return old;
}

/// Integers wrap around.
template <class T>
T sum(T a, T b) {
  if constexpr (std::same_as<T, int>)
    return static_cast<int>(static_cast<unsigned>(a) + static_cast<unsigned>(b));
  else
    return a + b;
}

}  // namespace heddle::emulated::detail

template <heddle::emulated::detail::AtomicNumber T>
T atomicAdd(T* address, std::type_identity_t<T> value, std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::atomic("atomicAdd", address, where,
                                          [=](T old) { return heddle::emulated::detail::sum(old, value); });
}

template <heddle::emulated::detail::AtomicInteger T>
T atomicMin(T* address, std::type_identity_t<T> value, std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::atomic("atomicMin", address, where, [=](T old) { return ::min(old, value); });
}

template <heddle::emulated::detail::AtomicInteger T>
T atomicMax(T* address, std::type_identity_t<T> value, std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::atomic("atomicMax", address, where, [=](T old) { return ::max(old, value); });
}

template <heddle::emulated::detail::AtomicInteger T>
T atomicAnd(T* address, std::type_identity_t<T> value, std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::atomic("atomicAnd", address, where, [=](T old) { return old & value; });
}

template <heddle::emulated::detail::AtomicInteger T>
T atomicOr(T* address, std::type_identity_t<T> value, std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::atomic("atomicOr", address, where, [=](T old) { return old | value; });
}

template <heddle::emulated::detail::AtomicInteger T>
T atomicXor(T* address, std::type_identity_t<T> value, std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::atomic("atomicXor", address, where, [=](T old) { return old ^ value; });
}

template <heddle::emulated::detail::AtomicNumber T>
requires(!std::same_as<T, double>) T atomicExch(T* address, std::type_identity_t<T> value,
                                                std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::atomic("atomicExch", address, where, [=](T) { return value; });
}

/// Writes `value` where the word is `expected`.
template <heddle::emulated::detail::AtomicInteger T>
T atomicCAS(T* address, std::type_identity_t<T> expected, std::type_identity_t<T> value,
            std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::atomic("atomicCAS", address, where,
                                          [=](T old) { return old == expected ? value : old; });
}
