// What a memory request of a warp costs: sectors of global memory, wavefronts of shared memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "kernels/core/types.h"
#include "kernels/machine/host/scheduler/warp.h"

namespace heddle::emulated {

constexpr u64 sector_bytes = 32;  // what global memory gives at least
constexpr u64 bank_bytes = 4;     // shared memory: 32 banks, each of which gives one word at a time
constexpr u64 banks = 32;

/// One instruction of a warp: accesses of the same width by some of its lanes.
struct WarpRequest {
  u32 bytes = 0;  // of a lane
  unsigned lanes = 0;
  std::array<u64, warp_size> addresses{};  // of the lanes
};

/// Bytes [begin, end).
struct Interval {
  u64 begin, end;
};

/// At most one for each lane.
class Intervals {
 public:
  /// Makes the last one longer where the two touch and the new one begins later.
  void add(Interval interval) {
    if (count_ > 0) {
      Interval& last = all_[count_ - 1];
      if (last.begin <= interval.begin && interval.begin <= last.end) {
        last.end = std::max(last.end, interval.end);
        return;
      }
      ascending_ &= last.begin <= interval.begin;
    }
    all_[count_++] = interval;
  }
  /// Puts them into ascending order, without overlaps.
  void merge();
  Interval const* begin() const { return all_.data(); }
  Interval const* end() const { return all_.data() + count_; }

 private:
  std::array<Interval, warp_size> all_;
  std::size_t count_ = 0;
  bool ascending_ = true;
};

/// What the lanes touch together, in ascending order and without overlaps.
Intervals touched(WarpRequest const& request);

/// Bytes that are of use to some lane.
u64 useful_bytes(Intervals const& touched);

/// Sectors that global memory moves for them.
u64 sectors(Intervals const& touched);

/// Wavefronts of shared memory. Lanes of 8 bytes are served by half warps, lanes of 16 by quarters; lanes that want the
/// same word share it, and different words of one bank come one after another.
struct Wavefronts {
  u64 needed = 0;
  u64 least = 0;  // were the words spread evenly: one for each part of the warp that takes part
};
Wavefronts wavefronts(WarpRequest const& request);

}  // namespace heddle::emulated
