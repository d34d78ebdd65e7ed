// Errors of the CUDA runtime as heddle::Error.
#pragma once

#include <cuda_runtime_api.h>

#include "kernels/core/error.h"

namespace heddle::cuda {

/// Throws an Error that starts with [operation] unless `status` is success.
template <class... Details>
void check_cuda(cudaError_t status, char const* operation, Details const&... details) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // told here, and not again by the check of the next launch
  fail("[", operation, "] ", cudaGetErrorName(status), ": ", cudaGetErrorString(status), details...);
}

/// Likewise for the launch of a kernel. For a device that no compiled architecture serves, the Error names both.
void check_launch(cudaError_t status, char const* kernel);

}  // namespace heddle::cuda
