// Reductions of CUDA C++ over the lanes of a mask (PTX ISA, redux.sync).
#pragma once

#include "kernels/machine/host/arithmetic.cuh"
#include "kernels/machine/host/collectives.cuh"

namespace heddle::emulated::detail {

template <class T, T (*combine)(T, T)>
void reduction(Request const* requests, unsigned mask, u64* results) {
  T result = from_word<T>(requests[std::countr_zero(mask)].value);
  for_each_lane(mask & (mask - 1), [&](int lane) { result = combine(result, from_word<T>(requests[lane].value)); });
  for_each_lane(mask, [&](int lane) { results[lane] = to_word(result); });
}

inline unsigned bits_and(unsigned a, unsigned b) { return a & b; }
inline unsigned bits_or(unsigned a, unsigned b) { return a | b; }
inline unsigned bits_xor(unsigned a, unsigned b) { return a ^ b; }
inline unsigned sum(unsigned a, unsigned b) { return a + b; }

inline constexpr Collective reduce_and = {"__reduce_and_sync", reduction<unsigned, bits_and>};
inline constexpr Collective reduce_or = {"__reduce_or_sync", reduction<unsigned, bits_or>};
inline constexpr Collective reduce_xor = {"__reduce_xor_sync", reduction<unsigned, bits_xor>};
inline constexpr Collective reduce_add = {"__reduce_add_sync", reduction<unsigned, sum>};
template <class T>
inline constexpr Collective reduce_min = {"__reduce_min_sync", reduction<T, ::min>};
template <class T>
inline constexpr Collective reduce_max = {"__reduce_max_sync", reduction<T, ::max>};

}  // namespace heddle::emulated::detail

inline unsigned __reduce_and_sync(unsigned mask, unsigned value,
                                  std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::exchange(heddle::emulated::detail::reduce_and, mask, value, where);
}

inline unsigned __reduce_or_sync(unsigned mask, unsigned value,
                                 std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::exchange(heddle::emulated::detail::reduce_or, mask, value, where);
}

inline unsigned __reduce_xor_sync(unsigned mask, unsigned value,
                                  std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::exchange(heddle::emulated::detail::reduce_xor, mask, value, where);
}

inline unsigned __reduce_add_sync(unsigned mask, unsigned value,
                                  std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::exchange(heddle::emulated::detail::reduce_add, mask, value, where);
}

inline int __reduce_add_sync(unsigned mask, int value, std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::exchange(heddle::emulated::detail::reduce_add, mask, value, where);
}

inline int __reduce_min_sync(unsigned mask, int value, std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::exchange(heddle::emulated::detail::reduce_min<int>, mask, value, where);
}

inline unsigned __reduce_min_sync(unsigned mask, unsigned value,
                                  std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::exchange(heddle::emulated::detail::reduce_min<unsigned>, mask, value, where);
}

inline int __reduce_max_sync(unsigned mask, int value, std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::exchange(heddle::emulated::detail::reduce_max<int>, mask, value, where);
}

inline unsigned __reduce_max_sync(unsigned mask, unsigned value,
                                  std::source_location where = std::source_location::current()) {
  return heddle::emulated::detail::exchange(heddle::emulated::detail::reduce_max<unsigned>, mask, value, where);
}
