// The memory functions of a device.
#pragma once

#include "kernels/machine/memory.h"
#include "ops/device.h"

namespace heddle {

inline Memory const& memory_of(Device device) {
  switch (device) {
    case Device::cuda:
      return cuda::memory;
    case Device::emulated:
      return emulated::memory;
    case Device::cpu:
      break;
  }
  return cpu::memory;
}

}  // namespace heddle
