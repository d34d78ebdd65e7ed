// What all warp collectives share, and __syncwarp.
#pragma once

#include <bit>
#include <source_location>
#include <type_traits>

#include "kernels/core/types.h"
#include "kernels/machine/host/scheduler/block.h"
#include "kernels/machine/host/scheduler/builtin.h"

namespace heddle::emulated::detail {

template <class T>
u64 to_word(T value) {
  static_assert(std::is_arithmetic_v<T> && (sizeof(T) == 4 || sizeof(T) == 8), "collectives take 4 or 8 bytes");
  if constexpr (sizeof(T) == 4)
    return std::bit_cast<u32>(value);
  else
    return std::bit_cast<u64>(value);
}

template <class T>
T from_word(u64 word) {
  if constexpr (sizeof(T) == 4)
    return std::bit_cast<T>(static_cast<u32>(word));
  else
    return std::bit_cast<T>(word);
}

inline int lane_of_this_thread() { return static_cast<int>(threadIdx.x) % warp_size; }

inline u64 collective(Collective const& what, unsigned mask, u64 value, int source, std::source_location where) {
  return Block::current(what.name).collective(
      {.collective = &what, .mask = mask, .value = value, .source = source, .where = where});
}

/// Calls visit(lane) for each lane of the mask.
template <class Visit>
void for_each_lane(unsigned mask, Visit visit) {
  for (unsigned left = mask; left != 0; left &= left - 1) visit(std::countr_zero(left));
}

/// A lane brings a value to a collective, which gives one of the same type.
template <class T>
T exchange(Collective const& what, unsigned mask, T value, std::source_location where) {
  return from_word<T>(collective(what, mask, to_word(value), lane_of_this_thread(), where));
}

inline void no_result(Request const*, unsigned, u64*) {}

inline constexpr Collective syncwarp = {"__syncwarp", no_result, true};

}  // namespace heddle::emulated::detail

inline void __syncwarp(unsigned mask = 0xffffffffu, std::source_location where = std::source_location::current()) {
  using namespace heddle::emulated::detail;
  collective(syncwarp, mask, 0, lane_of_this_thread(), where);
}

/// The calling lane only: no lane can rely on more, because lanes need not run together.
inline unsigned __activemask() { return 1u << heddle::emulated::detail::lane_of_this_thread(); }
