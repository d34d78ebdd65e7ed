#include "kernels/machine/device.h"

#include <omp.h>
#include <unistd.h>

#include "kernels/core/error.h"
#include "kernels/machine/host/scheduler/execution.h"

namespace heddle::emulated {

int device_count() noexcept { return 1; }

DeviceInfo device_info(int device) {
  check(device == 0, "[emulated device] there is only device 0, asked for ", device);
  auto const pages = static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES));
  auto const page_bytes = static_cast<std::size_t>(sysconf(_SC_PAGE_SIZE));
  return {.name = "SIMT emulator",
          .multiprocessors = omp_get_max_threads(),
          .major = 0,
          .minor = 0,
          .memory_bytes = pages * page_bytes};
}

int kernel_architecture() { return execution_options().architecture; }

int multiprocessors() { return kernel_architecture() == 90 ? 132 : 108; }

}  // namespace heddle::emulated
