// Bytes in the memory of a device that notice writes before and after them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "kernels/core/types.h"
#include "kernels/machine/memory.h"

namespace heddle::bench {

class DeviceArray {
 public:
  /// `bytes` bytes, `offset_bytes` after an address that is aligned to 256; all bits one, which is NaN in every
  /// floating-point type.
  DeviceArray(Memory const& memory, std::size_t bytes, std::size_t offset_bytes = 0)
      : memory_(&memory),
        before_(guard_bytes + offset_bytes),
        bytes_(bytes),
        base_(static_cast<u8*>(memory.allocate(all_bytes())), memory.free) {
    memory_->fill(base_.get(), guard, all_bytes(), {});
    poison();
  }

  u8* data() const { return base_.get() + before_; }
  std::size_t bytes() const { return bytes_; }

  void poison() const { memory_->fill(data(), 0xff, bytes_, {}); }
  void write(void const* from) const {
    memory_->copy(data(), from, bytes_, CopyKind::host_to_device, {});
    memory_->synchronize({});
  }
  /// After all work on the default stream has ended.
  void read(void* to) const {
    memory_->copy(to, data(), bytes_, CopyKind::device_to_host, {});
    memory_->synchronize({});
  }

  /// Whether nothing was written around it.
  bool guards_intact() const {
    std::vector<u8> all(all_bytes());
    memory_->copy(all.data(), base_.get(), all.size(), CopyKind::device_to_host, {});
    memory_->synchronize({});
    auto const is_guard = [](u8 byte) { return byte == guard; };
    auto const begin = all.begin() + static_cast<std::ptrdiff_t>(before_);
    return std::all_of(all.begin(), begin, is_guard) &&
           std::all_of(begin + static_cast<std::ptrdiff_t>(bytes_), all.end(), is_guard);
  }

 private:
  static constexpr std::size_t guard_bytes = 256;
  static constexpr u8 guard = 0xa5;

  std::size_t all_bytes() const { return before_ + bytes_ + guard_bytes; }

  Memory const* memory_;
  std::size_t before_, bytes_;
  std::unique_ptr<u8, void (*)(void*) noexcept> base_;
};

}  // namespace heddle::bench
