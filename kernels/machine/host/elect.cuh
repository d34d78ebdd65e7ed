// One thread of a warp to act for all.
#pragma once

#include <algorithm>

#include "kernels/machine/host/aligned.h"

namespace heddle::emulated {

namespace detail {

inline void first_lane(Request const* requests, unsigned, u64* results) {
  check_same_place(requests);
  std::fill_n(results, warp_size, 0);
  results[0] = 1;
}

inline constexpr Collective elect = {"elect_one", first_lane};

}  // namespace detail

/// True in one lane of the warp, the same at each call: to issue what one thread must (PTX ISA, elect.sync). All 32
/// lanes of the warp call together.
inline bool elect_one(std::source_location where = std::source_location::current()) {
  return detail::collective(detail::elect, ~0u, 0, detail::lane_of_this_thread(), where) != 0;
}

}  // namespace heddle::emulated
