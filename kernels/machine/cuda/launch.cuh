// Runs a kernel object on the GPU: the only place of __global__, dynamic shared memory and launches.
#pragma once

#include <type_traits>

#include "kernels/core/stream.h"
#include "kernels/machine/cuda/error.h"
#include "kernels/machine/kernel.h"

namespace heddle::cuda {

/// The name of its instance tells the threads and the bytes of dynamic shared memory (scripts/check_resources.py).
template <class Kernel, int threads = Kernel::threads, std::size_t bytes = shared_bytes_of<Kernel>()>
__global__ void __launch_bounds__(threads, min_blocks_of<Kernel>())
    kernel_entry(__grid_constant__ typename Kernel::Params const params) {
  extern __shared__ __align__(1024) unsigned char shared_bytes[];
  Kernel{}(params, reinterpret_cast<typename Kernel::SharedStorage&>(shared_bytes));
}

/// The attributes of a launch; their number.
template <class Kernel>
unsigned launch_attributes(cudaLaunchAttribute* attributes, [[maybe_unused]] char const* name) {
  constexpr int cluster_size = cluster_size_of<Kernel>();
  unsigned count = 0;
  if constexpr (cluster_size > 1) {
    attributes[count].id = cudaLaunchAttributeClusterDimension;
    attributes[count++].val.clusterDim = {cluster_size, 1, 1};
  }
  if constexpr (cluster_size > 8)
    check_launch(cudaFuncSetAttribute(kernel_entry<Kernel>, cudaFuncAttributeNonPortableClusterSizeAllowed, 1), name);
  if constexpr (overlaps_previous<Kernel>()) {
    attributes[count].id = cudaLaunchAttributeProgrammaticStreamSerialization;
    attributes[count++].val.programmaticStreamSerializationAllowed = 1;
  }
  return count;
}

/// Queues `grid` blocks of Kernel::threads threads on the stream. `name` is for errors.
/// Throws an Error that names the kernel; what goes wrong while it runs is found at the next synchronisation.
template <class Kernel>
void launch(dim3 grid, typename Kernel::Params const& params, Stream stream, char const* name) {
  using Params = typename Kernel::Params;
  static_assert(std::is_trivially_copyable_v<Params> && sizeof(Params) <= 4096);
  constexpr std::size_t shared_bytes = shared_bytes_of<Kernel>();
  if constexpr (shared_bytes > 48 * 1024)
    check_launch(cudaFuncSetAttribute(kernel_entry<Kernel>, cudaFuncAttributeMaxDynamicSharedMemorySize, shared_bytes),
                 name);
  cudaLaunchAttribute attributes[2];
  cudaLaunchConfig_t config = {};
  config.gridDim = grid;
  config.blockDim = dim3(Kernel::threads);
  config.dynamicSmemBytes = shared_bytes;
  config.stream = static_cast<cudaStream_t>(stream.handle);
  config.attrs = attributes;
  config.numAttrs = launch_attributes<Kernel>(attributes, name);
  check_launch(cudaLaunchKernelEx(&config, kernel_entry<Kernel>, params), name);
}

}  // namespace heddle::cuda
