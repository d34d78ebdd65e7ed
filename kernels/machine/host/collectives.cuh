// Warp collectives of CUDA C++. The source lane of a shuffle follows the PTX description of shfl.sync: a lane that
// would read beyond its segment of `width` lanes receives its own value.
#pragma once

#include <bit>
#include <source_location>
#include <type_traits>

#include "kernels/core/error.h"
#include "kernels/machine/host/arithmetic.cuh"
#include "kernels/machine/host/block.h"
#include "kernels/machine/host/builtin.h"

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

inline void no_result(Request const*, unsigned, u64*) {}

inline void value_of_source(Request const* requests, unsigned mask, u64* results) {
  for_each_lane(mask, [&](int lane) { results[lane] = requests[requests[lane].source].value; });
}

inline void lanes_with_value(Request const* requests, unsigned mask, u64* results) {
  u64 lanes = 0;
  for_each_lane(mask, [&](int lane) { lanes |= u64{requests[lane].value != 0} << lane; });
  for_each_lane(mask, [&](int lane) { results[lane] = lanes; });
}

template <class T, T (*combine)(T, T)>
void reduction(Request const* requests, unsigned mask, u64* results) {
  T result = from_word<T>(requests[std::countr_zero(mask)].value);
  for_each_lane(mask & (mask - 1), [&](int lane) { result = combine(result, from_word<T>(requests[lane].value)); });
  for_each_lane(mask, [&](int lane) { results[lane] = to_word(result); });
}

inline unsigned add(unsigned a, unsigned b) { return a + b; }

inline constexpr Collective syncwarp = {"__syncwarp", no_result, true};
inline constexpr Collective shfl = {"__shfl_sync", value_of_source};
inline constexpr Collective shfl_up = {"__shfl_up_sync", value_of_source};
inline constexpr Collective shfl_down = {"__shfl_down_sync", value_of_source};
inline constexpr Collective shfl_xor = {"__shfl_xor_sync", value_of_source};
inline constexpr Collective ballot = {"__ballot_sync", lanes_with_value};
inline constexpr Collective any = {"__any_sync", lanes_with_value};
inline constexpr Collective all = {"__all_sync", lanes_with_value};
inline constexpr Collective reduce_add = {"__reduce_add_sync", reduction<unsigned, add>};
inline constexpr Collective reduce_min = {"__reduce_min_sync", reduction<int, ::min>};
inline constexpr Collective reduce_max = {"__reduce_max_sync", reduction<int, ::max>};

/// The lanes of the calling lane's segment.
struct Segment {
  int lane, first, last;
  Segment(Collective const& what, int width) : lane(lane_of_this_thread()) {
    check(width >= 1 && width <= warp_size && std::has_single_bit(static_cast<unsigned>(width)), what.name,
          ": width must be a power of two up to 32: width=", width);
    first = lane & ~(width - 1);
    last = first + width - 1;
  }
};

template <class T>
T shuffle(Collective const& what, unsigned mask, T value, int source, std::source_location where) {
  return from_word<T>(collective(what, mask, to_word(value), source, where));
}

}  // namespace heddle::emulated::detail

inline void __syncwarp(unsigned mask = 0xffffffffu, std::source_location where = std::source_location::current()) {
  using namespace heddle::emulated::detail;
  collective(syncwarp, mask, 0, lane_of_this_thread(), where);
}

/// The calling lane only: no lane can rely on more, because lanes need not run together.
inline unsigned __activemask() { return 1u << heddle::emulated::detail::lane_of_this_thread(); }

template <class T>
T __shfl_sync(unsigned mask, T value, int source, int width = 32,
              std::source_location where = std::source_location::current()) {
  using namespace heddle::emulated::detail;
  Segment const segment(shfl, width);
  return shuffle(shfl, mask, value, segment.first + (source & (width - 1)), where);
}

template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32,
                 std::source_location where = std::source_location::current()) {
  using namespace heddle::emulated::detail;
  Segment const segment(shfl_up, width);
  int const source = segment.lane - static_cast<int>(delta & 31);
  return shuffle(shfl_up, mask, value, source < segment.first ? segment.lane : source, where);
}

template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32,
                   std::source_location where = std::source_location::current()) {
  using namespace heddle::emulated::detail;
  Segment const segment(shfl_down, width);
  int const source = segment.lane + static_cast<int>(delta & 31);
  return shuffle(shfl_down, mask, value, source > segment.last ? segment.lane : source, where);
}

/// Unlike the others, may read a lower segment.
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int lane_mask, int width = 32,
                  std::source_location where = std::source_location::current()) {
  using namespace heddle::emulated::detail;
  Segment const segment(shfl_xor, width);
  int const source = segment.lane ^ (lane_mask & 31);
  return shuffle(shfl_xor, mask, value, source > segment.last ? segment.lane : source, where);
}

inline unsigned __ballot_sync(unsigned mask, int predicate,
                              std::source_location where = std::source_location::current()) {
  using namespace heddle::emulated::detail;
  return static_cast<unsigned>(collective(ballot, mask, predicate != 0, lane_of_this_thread(), where));
}

inline int __any_sync(unsigned mask, int predicate, std::source_location where = std::source_location::current()) {
  using namespace heddle::emulated::detail;
  return collective(any, mask, predicate != 0, lane_of_this_thread(), where) != 0;
}

inline int __all_sync(unsigned mask, int predicate, std::source_location where = std::source_location::current()) {
  using namespace heddle::emulated::detail;
  return collective(all, mask, predicate != 0, lane_of_this_thread(), where) == mask;
}

inline unsigned __reduce_add_sync(unsigned mask, unsigned value,
                                  std::source_location where = std::source_location::current()) {
  using namespace heddle::emulated::detail;
  return static_cast<unsigned>(collective(reduce_add, mask, value, lane_of_this_thread(), where));
}

inline int __reduce_add_sync(unsigned mask, int value, std::source_location where = std::source_location::current()) {
  return static_cast<int>(__reduce_add_sync(mask, static_cast<unsigned>(value), where));
}

inline int __reduce_min_sync(unsigned mask, int value, std::source_location where = std::source_location::current()) {
  using namespace heddle::emulated::detail;
  return from_word<int>(collective(reduce_min, mask, to_word(value), lane_of_this_thread(), where));
}

inline int __reduce_max_sync(unsigned mask, int value, std::source_location where = std::source_location::current()) {
  using namespace heddle::emulated::detail;
  return from_word<int>(collective(reduce_max, mask, to_word(value), lane_of_this_thread(), where));
}
