// What the 8 bytes of an mbarrier hold in the emulator.
#pragma once

#include <string>

#include "kernels/machine/mbarrier.h"

namespace heddle::emulated {

struct MBarrierState {
  u32 pending = 0;   // arrivals that the current phase lacks
  u32 expected = 0;  // arrivals that the next one takes
  i32 bytes = 0;     // that the current phase lacks; negative when written before they are expected
  u32 parity = 0;    // of the current phase

  bool phase_is_complete() const { return pending == 0 && bytes == 0; }

  /// From the lowest bit: pending 20, expected 20, bytes 21, parity 1, and 01, which neither zeros nor poison have.
  MBarrier packed() const {
    return {u64{pending} | u64{expected} << 20 | (static_cast<u64>(bytes) & 0x1fffff) << 40 | u64{parity} << 61 |
            u64{1} << 62};
  }
  explicit MBarrierState(u32 count) : pending(count), expected(count) {}
  explicit MBarrierState(MBarrier barrier)
      : pending(static_cast<u32>(barrier.state) & 0xfffff),
        expected(static_cast<u32>(barrier.state >> 20) & 0xfffff),
        bytes(static_cast<i32>(static_cast<u32>(barrier.state >> 40) << 11) >> 11),
        parity(static_cast<u32>(barrier.state >> 61) & 1) {}
};

/// Whether the bytes are those of a barrier that has been initialised.
inline bool is_initialised(MBarrier barrier) { return barrier.state >> 62 == 1; }

/// What stands for the arrivals from other blocks, which only mbarrier_wait_cluster takes in.
inline void const* for_the_cluster(MBarrier const& barrier) { return reinterpret_cast<u8 const*>(&barrier) + 1; }

/// "phase of parity 1 lacks 1 of 2 arrivals and 4096 bytes".
std::string describe(MBarrierState const& state);

}  // namespace heddle::emulated
