// Which bytes of memory a kernel touches: what must move at least, however often it is read again from a cache.
#pragma once

#include <array>
#include <memory>
#include <unordered_map>

#include "kernels/core/types.h"
#include "kernels/machine/host/inspector/warp_request.h"

namespace heddle::emulated {

class TouchedBytes {
 public:
  void add(Interval const& interval);
  u64 bytes() const;
  u64 sectors() const;

 private:
  static constexpr u64 page_bytes = 65536;
  using Page = std::array<u32, page_bytes / sector_bytes>;  // a word a sector, a bit a byte

  Page& page(u64 number);

  std::unordered_map<u64, std::unique_ptr<Page>> pages_;
  u64 last_number_ = 0;
  Page* last_ = nullptr;
};

}  // namespace heddle::emulated
