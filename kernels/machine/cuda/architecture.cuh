// The architecture that is compiled for, and what a kernel does on one that lacks an instruction.
#pragma once

namespace heddle::cuda {

/// 80, 90, …; 0 where the host's part of a file is compiled.
#if defined(__CUDA_ARCH__)
inline constexpr int architecture = __CUDA_ARCH__ / 10;
#else
inline constexpr int architecture = 0;
#endif

}  // namespace heddle::cuda
