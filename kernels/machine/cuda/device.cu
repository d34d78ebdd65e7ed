#include "kernels/machine/device.h"

#include "kernels/machine/cuda/error.h"

namespace heddle::cuda {

int device_count() noexcept {
  int count = 0;
  if (cudaGetDeviceCount(&count) == cudaSuccess) return count;
  cudaGetLastError();  // no driver is an answer, not an error that a later check should find
  return 0;
}

DeviceInfo device_info(int device) {
  check(device >= 0 && device < device_count(), "[cuda device] no device ", device, ": there are ", device_count(),
        " that a driver serves; use cpu or emulated");
  cudaDeviceProp properties;
  check_cuda(cudaGetDeviceProperties(&properties, device), "cuda device");
  return {.name = properties.name,
          .multiprocessors = properties.multiProcessorCount,
          .major = properties.major,
          .minor = properties.minor,
          .memory_bytes = properties.totalGlobalMem};
}

}  // namespace heddle::cuda
