// Elements in a processor's memory.
#pragma once

#include <memory>
#include <vector>

#include "kernels/machine/memory.h"

namespace heddle::bench {

template <class T>
class Buffer {
 public:
  /// Of spoilt elements.
  Buffer(Memory const& memory, i64 count)
      : memory_(&memory), count_(static_cast<std::size_t>(count)), data_(memory.allocate(bytes()), memory.free) {
    spoil();
  }
  Buffer(Memory const& memory, std::vector<T> const& values) : Buffer(memory, std::ssize(values)) {
    memory.copy(data(), values.data(), bytes(), CopyKind::host_to_device, {});
    memory.synchronize({});
  }

  T* data() const { return static_cast<T*>(data_.get()); }
  std::size_t bytes() const { return count_ * sizeof(T); }

  /// Sets every byte to 0xff, which makes each element of a floating-point type NaN.
  void spoil() { memory_->fill(data(), 0xff, bytes(), {}); }

  std::vector<T> to_vector() const {
    std::vector<T> values(count_);
    memory_->copy(values.data(), data(), bytes(), CopyKind::device_to_host, {});
    memory_->synchronize({});
    return values;
  }

 private:
  Memory const* memory_;
  std::size_t count_;
  std::unique_ptr<void, void (*)(void*) noexcept> data_;
};

}  // namespace heddle::bench
