#include "ops/copies.h"

#include <array>
#include <atomic>

namespace heddle {
namespace {

struct Counts {
  std::atomic<i64> copies = 0, bytes = 0;
};

Counts& counts(Device device, CopyKind kind) {
  static std::array<std::array<Counts, 3>, 3> all;
  return all[static_cast<std::size_t>(device)][static_cast<std::size_t>(kind)];
}

}  // namespace

CopyStatistics copy_statistics(Device device) {
  Counts const &to_host = counts(device, CopyKind::device_to_host),
               &to_device = counts(device, CopyKind::host_to_device);
  return {.to_host = to_host.copies,
          .to_device = to_device.copies,
          .bytes_to_host = to_host.bytes,
          .bytes_to_device = to_device.bytes};
}

void count_copy(Device device, CopyKind kind, std::size_t bytes) {
  ++counts(device, kind).copies;
  counts(device, kind).bytes += static_cast<i64>(bytes);
}

}  // namespace heddle
