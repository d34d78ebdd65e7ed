// The devices at hand.
#pragma once

#include <cstddef>
#include <string>

namespace heddle {

struct DeviceInfo {
  std::string name;
  int multiprocessors = 0;
  int major = 0, minor = 0;  // compute capability: 9.0 is Hopper; 0.0 on the emulator
  std::size_t memory_bytes = 0;
};

namespace cuda {
/// 0 where there is no device, no driver, or no CUDA in this build; never throws.
int device_count() noexcept;
/// Throws an Error that names the index and the count.
DeviceInfo device_info(int device = 0);
/// What the kernels of this program that run on the current device were compiled for: 80 or 90. A launcher asks before
/// it chooses a kernel that needs what only sm_90 has.
int kernel_architecture();
/// Of the current device.
int multiprocessors();
}  // namespace cuda

namespace emulated {
/// Always 1.
int device_count() noexcept;
/// The emulator: a multiprocessor is a host thread.
DeviceInfo device_info(int device = 0);
/// That of the ExecutionOptions of this host thread.
int kernel_architecture();
/// Those of an H200, or of an A100 where that is the architecture: what kernels are chosen by, as on such a card.
int multiprocessors();
}  // namespace emulated

}  // namespace heddle
