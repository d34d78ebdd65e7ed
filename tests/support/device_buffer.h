// An array in the memory of a device, for tests: starts as NaN, and notices writes before and after it.
#pragma once

#include <vector>

#include "bench/harness/device_array.h"

namespace heddle::testing {

template <class T>
class DeviceBuffer {
 public:
  /// `count` elements, `offset` elements after an address that is aligned to 256 bytes; all bits one.
  DeviceBuffer(Memory const& memory, i64 count, i64 offset = 0)
      : array_(memory, static_cast<std::size_t>(count) * sizeof(T), static_cast<std::size_t>(offset) * sizeof(T)) {}
  DeviceBuffer(Memory const& memory, std::vector<T> const& values, i64 offset = 0)
      : DeviceBuffer(memory, static_cast<i64>(values.size()), offset) {
    array_.write(values.data());
  }

  T* data() { return reinterpret_cast<T*>(array_.data()); }
  std::size_t bytes() const { return array_.bytes(); }

  /// The elements, after all work on the default stream has ended.
  std::vector<T> read() const {
    std::vector<T> values(array_.bytes() / sizeof(T));
    array_.read(values.data());
    return values;
  }

  /// Whether nothing was written around the array.
  bool guards_intact() const { return array_.guards_intact(); }

 private:
  bench::DeviceArray array_;
};

}  // namespace heddle::testing
