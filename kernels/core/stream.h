// The queue that a launch goes to.
#pragma once

namespace heddle {

/// A cudaStream_t on CUDA; null is the default stream, and all there is on the CPU and the emulator,
/// whose launches have ended when they return.
struct Stream {
  void* handle = nullptr;
};

}  // namespace heddle
