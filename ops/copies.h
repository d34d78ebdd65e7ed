// A count of what goes between the host and a device. Each such copy waits for the device: a step of training has none.
#pragma once

#include "kernels/machine/memory.h"
#include "ops/device.h"

namespace heddle {

struct CopyStatistics {
  i64 to_host = 0, to_device = 0;
  i64 bytes_to_host = 0, bytes_to_device = 0;
};

/// Since the program began.
CopyStatistics copy_statistics(Device device);
void count_copy(Device device, CopyKind kind, std::size_t bytes);

}  // namespace heddle
