// Atomic operations on memory that blocks on other host threads share.
#pragma once

#include <atomic>
#include <source_location>

#include "kernels/machine/host/block.h"

namespace heddle::emulated::detail {

template <class T>
T atomic_add(T* address, T value, std::source_location where) {
  observe(address, sizeof(T), AccessKind::atomic, where);
  return std::atomic_ref(*address).fetch_add(value);
}

}  // namespace heddle::emulated::detail

inline int atomicAdd(int* address, int value, std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::atomic_add(address, value, where);
}
inline unsigned atomicAdd(unsigned* address, unsigned value,
                          std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::atomic_add(address, value, where);
}
inline float atomicAdd(float* address, float value, std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::atomic_add(address, value, where);
}
