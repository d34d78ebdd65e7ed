#include "kernels/machine/cuda/error.h"

#include "kernels/machine/device.h"

namespace heddle::cuda {
namespace {

[[noreturn]] void fail_architecture(char const* kernel) {
  int device = 0;
  check_cuda(cudaGetDevice(&device), kernel);
  DeviceInfo const info = device_info(device);
  fail("[", kernel, "] no code in this build serves ", info.name, " (sm_", info.major, info.minor,
       "): compiled for " HEDDLE_CUDA_ARCHITECTURES "; rebuild with -DCMAKE_CUDA_ARCHITECTURES=", info.major,
       info.minor);
}

}  // namespace

void check_launch(cudaError_t status, char const* kernel) {
  if (status == cudaErrorNoKernelImageForDevice || status == cudaErrorUnsupportedPtxVersion) fail_architecture(kernel);
  check_cuda(status, kernel);
}

}  // namespace heddle::cuda
