// A launch that begins before the one before it on the stream has ended (programmatic dependent launch, sm_90). A
// kernel that wants to overlap has `static constexpr bool overlaps_previous = true`.
#pragma once

#include "kernels/machine/cuda/architecture.cuh"

namespace heddle::cuda {

/// Waits until the launches before this one have ended and what they wrote is seen: before the first access to it.
__device__ inline void grid_dependency_wait() {
  if constexpr (architecture >= 90) asm volatile("griddepcontrol.wait;" ::: "memory");
}

/// Lets the next launch begin, as soon as all blocks have said so or ended.
__device__ inline void grid_dependency_release() {
  if constexpr (architecture >= 90) asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
}

}  // namespace heddle::cuda
