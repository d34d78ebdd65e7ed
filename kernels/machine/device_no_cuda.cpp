#include "kernels/core/error.h"
#include "kernels/machine/device.h"

namespace heddle::cuda {

int device_count() noexcept { return 0; }

DeviceInfo device_info(int device) {
  fail("[cuda device] no CUDA in this build, asked for device ", device,
       ": configure with -DHEDDLE_CUDA=ON where nvcc is installed, or use cpu or emulated");
}

int kernel_architecture() { return 0; }

int multiprocessors() { return 0; }

}  // namespace heddle::cuda
