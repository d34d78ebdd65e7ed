// A launch that begins before the one before it on the stream has ended (programmatic dependent launch, sm_90). The
// emulator runs one launch after the other.
#pragma once

#include "kernels/machine/host/scheduler/block.h"

namespace heddle::emulated {

/// Waits until the launches before this one have ended and what they wrote is seen: before the first access to it.
inline void grid_dependency_wait() { Block::current("grid_dependency_wait"); }

/// Lets the next launch begin, as soon as all blocks have said so or ended.
inline void grid_dependency_release() { Block::current("grid_dependency_release"); }

}  // namespace heddle::emulated
