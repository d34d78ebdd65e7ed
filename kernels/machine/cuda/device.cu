#include "kernels/machine/device.h"

#include "kernels/machine/machine.cuh"

namespace heddle::cuda {

namespace detail {

/// Compiled as all kernels are, so that it tells for what.
struct Probe {
  static constexpr int threads = 32;
  struct Params {};
  struct SharedStorage {};
  __device__ void operator()(Params const&, SharedStorage&) const {}
};

}  // namespace detail

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

int kernel_architecture() {
  thread_local int known_device = -1, architecture = 0;
  int device = 0;
  check_cuda(cudaGetDevice(&device), "cuda device");
  if (device == known_device) return architecture;
  cudaFuncAttributes attributes;
  check_cuda(cudaFuncGetAttributes(&attributes, kernel_entry<detail::Probe>), "cuda device");
  architecture = attributes.ptxVersion;
  known_device = device;
  return architecture;
}

int multiprocessors() {
  int device = 0, count = 0;
  check_cuda(cudaGetDevice(&device), "cuda device");
  check_cuda(cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device), "cuda device");
  return count;
}

}  // namespace heddle::cuda
