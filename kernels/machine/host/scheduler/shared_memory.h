// The shared memory of a block.
#pragma once

#include <cstring>
#include <new>
#include <span>

#include "kernels/core/types.h"

namespace heddle::emulated {

/// Memory of exactly the size asked for, so that AddressSanitizer sees its end, aligned as the strictest asynchronous
/// copy asks for. One block after the other has it.
class SharedMemory {
 public:
  SharedMemory() = default;
  ~SharedMemory() { ::operator delete(data_, alignment); }
  SharedMemory(SharedMemory const&) = delete;
  SharedMemory& operator=(SharedMemory const&) = delete;

  /// `bytes` of memory with all bits one: NaN in every floating-point type.
  std::span<u8> poisoned(std::size_t bytes) {
    if (bytes != bytes_ || data_ == nullptr) {
      ::operator delete(data_, alignment);
      data_ = nullptr;
      data_ = ::operator new(bytes, alignment);
      bytes_ = bytes;
    }
    std::memset(data_, 0xff, bytes_);
    return {static_cast<u8*>(data_), bytes_};
  }

 private:
  static constexpr std::align_val_t alignment{1024};
  std::size_t bytes_ = 0;
  void* data_ = nullptr;
};

}  // namespace heddle::emulated
