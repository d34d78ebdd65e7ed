// An array in the memory of a device, for tests: starts as NaN, and notices writes before and after it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "kernels/core/types.h"
#include "kernels/machine/memory.h"

namespace heddle::testing {

template <class T>
class DeviceBuffer {
 public:
  /// `count` elements, `offset` elements after an address that is aligned to 256 bytes; all bits one.
  DeviceBuffer(Memory const& memory, i64 count, i64 offset = 0)
      : memory_(memory),
        before_(guard_bytes + static_cast<std::size_t>(offset) * sizeof(T)),
        bytes_(static_cast<std::size_t>(count) * sizeof(T)),
        base_(static_cast<u8*>(memory.allocate(before_ + bytes_ + guard_bytes))) {
    memory_.fill(base_, guard, before_ + bytes_ + guard_bytes, {});
    memory_.fill(data(), 0xff, bytes_, {});
  }
  DeviceBuffer(Memory const& memory, std::vector<T> const& values, i64 offset = 0)
      : DeviceBuffer(memory, static_cast<i64>(values.size()), offset) {
    memory_.copy(data(), values.data(), bytes_, CopyKind::host_to_device, {});
  }
  ~DeviceBuffer() { memory_.free(base_); }
  DeviceBuffer(DeviceBuffer const&) = delete;
  DeviceBuffer& operator=(DeviceBuffer const&) = delete;

  T* data() { return reinterpret_cast<T*>(base_ + before_); }
  std::size_t bytes() const { return bytes_; }

  /// The elements, after all work on the default stream has ended.
  std::vector<T> read() {
    std::vector<T> values(bytes_ / sizeof(T));
    memory_.copy(values.data(), data(), bytes_, CopyKind::device_to_host, {});
    memory_.synchronize({});
    return values;
  }

  /// Whether nothing was written around the array.
  ::testing::AssertionResult guards_intact() {
    std::vector<u8> all(before_ + bytes_ + guard_bytes);
    memory_.copy(all.data(), base_, all.size(), CopyKind::device_to_host, {});
    memory_.synchronize({});
    auto const is_guard = [](u8 byte) { return byte == guard; };
    auto const data_begin = all.begin() + static_cast<std::ptrdiff_t>(before_);
    if (!std::all_of(all.begin(), data_begin, is_guard)) return ::testing::AssertionFailure() << "written before it";
    if (!std::all_of(data_begin + static_cast<std::ptrdiff_t>(bytes_), all.end(), is_guard))
      return ::testing::AssertionFailure() << "written after it";
    return ::testing::AssertionSuccess();
  }

 private:
  static constexpr std::size_t guard_bytes = 256;
  static constexpr u8 guard = 0xa5;

  Memory const& memory_;
  std::size_t before_, bytes_;
  u8* base_;
};

}  // namespace heddle::testing
