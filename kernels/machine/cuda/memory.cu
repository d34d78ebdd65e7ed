#include "kernels/machine/memory.h"

#include "kernels/machine/cuda/error.h"

namespace heddle {
namespace {

cudaMemcpyKind direction(CopyKind kind) {
  switch (kind) {
    case CopyKind::host_to_device:
      return cudaMemcpyHostToDevice;
    case CopyKind::device_to_host:
      return cudaMemcpyDeviceToHost;
    case CopyKind::device_to_device:
      return cudaMemcpyDeviceToDevice;
  }
  return cudaMemcpyDefault;
}

cudaStream_t handle(Stream stream) { return static_cast<cudaStream_t>(stream.handle); }

void* allocate(std::size_t bytes) {
  if (bytes == 0) return nullptr;
  void* data = nullptr;
  cuda::check_cuda(cudaMalloc(&data, bytes), "cuda memory", ", asked for ", bytes, " bytes");
  return data;
}

void free(void* data) noexcept { cudaFree(data); }

void copy(void* destination, void const* source, std::size_t bytes, CopyKind kind, Stream stream) {
  if (bytes == 0) return;
  cuda::check_cuda(cudaMemcpyAsync(destination, source, bytes, direction(kind), handle(stream)), "cuda copy", ", ",
                   bytes, " bytes");
}

void fill(void* data, u8 byte, std::size_t bytes, Stream stream) {
  if (bytes == 0) return;
  cuda::check_cuda(cudaMemsetAsync(data, byte, bytes, handle(stream)), "cuda fill", ", ", bytes, " bytes");
}

void synchronize(Stream stream) { cuda::check_cuda(cudaStreamSynchronize(handle(stream)), "cuda synchronize"); }

}  // namespace

Memory const cuda::memory = {allocate, free, copy, fill, synchronize};

}  // namespace heddle
