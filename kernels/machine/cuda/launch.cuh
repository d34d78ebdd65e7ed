// Runs a kernel object on the GPU: the only place of __global__, dynamic shared memory and <<<>>>.
#pragma once

#include <type_traits>

#include "kernels/core/stream.h"
#include "kernels/machine/cuda/error.h"

namespace heddle::cuda {

template <class Kernel>
__global__ void __launch_bounds__(Kernel::threads)
    kernel_entry(__grid_constant__ typename Kernel::Params const params) {
  extern __shared__ __align__(1024) unsigned char shared_bytes[];
  Kernel{}(params, reinterpret_cast<typename Kernel::SharedStorage&>(shared_bytes));
}

/// Queues `grid` blocks of Kernel::threads threads on the stream. `name` is for errors.
/// Throws an Error that names the kernel; what goes wrong while it runs is found at the next synchronisation.
template <class Kernel>
void launch(dim3 grid, typename Kernel::Params const& params, Stream stream, char const* name) {
  using Params = typename Kernel::Params;
  using SharedStorage = typename Kernel::SharedStorage;
  static_assert(std::is_trivially_copyable_v<Params> && sizeof(Params) <= 4096);
  static_assert(std::is_trivially_destructible_v<SharedStorage> && alignof(SharedStorage) <= 1024);
  constexpr std::size_t shared_bytes = std::is_empty_v<SharedStorage> ? 0 : sizeof(SharedStorage);
  if constexpr (shared_bytes > 48 * 1024)
    check_launch(cudaFuncSetAttribute(kernel_entry<Kernel>, cudaFuncAttributeMaxDynamicSharedMemorySize, shared_bytes),
                 name);
  kernel_entry<Kernel><<<grid, Kernel::threads, shared_bytes, static_cast<cudaStream_t>(stream.handle)>>>(params);
  check_launch(cudaGetLastError(), name);
}

}  // namespace heddle::cuda
