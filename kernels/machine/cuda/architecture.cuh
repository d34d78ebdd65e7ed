// The architecture that is compiled for, and what a kernel does on one that lacks an instruction.
#pragma once

namespace heddle::cuda {

/// 80, 90, …; 0 where the host's part of a file is compiled.
#if defined(__CUDA_ARCH__)
inline constexpr int architecture = __CUDA_ARCH__ / 10;
#else
inline constexpr int architecture = 0;
#endif

/// Whether it has what Hopper alone has, which compilers give to sm_90a, not to sm_90: wgmma and setmaxnreg.
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
inline constexpr bool is_sm_90a = true;
#else
inline constexpr bool is_sm_90a = false;
#endif

}  // namespace heddle::cuda
