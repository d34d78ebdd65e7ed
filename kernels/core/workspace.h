// Scratch memory that a caller lends to a launch.
#pragma once

#include <cstddef>

namespace heddle {

/// `bytes` of device memory at `data`, aligned to 256 bytes; contents are undefined before and after.
struct Workspace {
  void* data = nullptr;
  std::size_t bytes = 0;
};

}  // namespace heddle
