// The 16 barriers of a block (PTX ISA, bar.sync); barrier 0 is that of __syncthreads.
#pragma once

#include <array>
#include <source_location>

#include "kernels/core/types.h"

namespace heddle::emulated {

constexpr int named_barriers = 16;

struct NamedBarrier {
  int expected = 0;     // threads of the round that has begun
  int arrived = 0;      // 0: none has begun
  int not_waiting = 0;  // of those that arrived: they may have ended since
  int first = 0;        // the thread that came first
  char const* name = nullptr;
  std::source_location where;
  std::array<u16, 32> of_warp{};  // of those that arrived
};

}  // namespace heddle::emulated
