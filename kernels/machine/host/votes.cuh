// Votes of CUDA C++: which lanes hold what (PTX ISA, vote.sync and match.sync).
#pragma once

#include "kernels/machine/host/collectives.cuh"

namespace heddle::emulated::detail {

inline void lanes_with_value(Request const* requests, unsigned mask, u64* results) {
  u64 lanes = 0;
  for_each_lane(mask, [&](int lane) { lanes |= u64{requests[lane].value != 0} << lane; });
  for_each_lane(mask, [&](int lane) { results[lane] = lanes; });
}

inline void lanes_that_agree(Request const* requests, unsigned mask, u64* results) {
  for_each_lane(mask, [&](int lane) {
    results[lane] = 0;
    for_each_lane(mask,
                  [&](int other) { results[lane] |= u64{requests[other].value == requests[lane].value} << other; });
  });
}

inline constexpr Collective ballot = {"__ballot_sync", lanes_with_value};
inline constexpr Collective any = {"__any_sync", lanes_with_value};
inline constexpr Collective all = {"__all_sync", lanes_with_value};
inline constexpr Collective match_any = {"__match_any_sync", lanes_that_agree};
inline constexpr Collective match_all = {"__match_all_sync", lanes_that_agree};

}  // namespace heddle::emulated::detail

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

/// The lanes whose value has the same bits.
template <class T>
unsigned __match_any_sync(unsigned mask, T value, std::source_location where = std::source_location::current()) {
  using namespace heddle::emulated::detail;
  return static_cast<unsigned>(collective(match_any, mask, to_word(value), lane_of_this_thread(), where));
}

/// The mask if all values have the same bits, else 0.
template <class T>
unsigned __match_all_sync(unsigned mask, T value, int* all_agree,
                          std::source_location where = std::source_location::current()) {
  using namespace heddle::emulated::detail;
  *all_agree = collective(match_all, mask, to_word(value), lane_of_this_thread(), where) == mask;
  return *all_agree ? mask : 0;
}
