// Shuffles of CUDA C++. The source lane of a shuffle follows the PTX description of shfl.sync: a lane that would read
// beyond its segment of `width` lanes receives its own value.
#pragma once

#include "kernels/core/error.h"
#include "kernels/machine/host/collectives.cuh"

namespace heddle::emulated::detail {

inline void value_of_source(Request const* requests, unsigned mask, u64* results) {
  for_each_lane(mask, [&](int lane) { results[lane] = requests[requests[lane].source].value; });
}

inline constexpr Collective shfl = {"__shfl_sync", value_of_source};
inline constexpr Collective shfl_up = {"__shfl_up_sync", value_of_source};
inline constexpr Collective shfl_down = {"__shfl_down_sync", value_of_source};
inline constexpr Collective shfl_xor = {"__shfl_xor_sync", value_of_source};

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
