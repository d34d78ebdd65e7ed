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
  void add(Interval const& interval) {
    if (interval.begin / sector_bytes == (interval.end - 1) / sector_bytes)
      add_in_sector(interval.begin, interval.end - interval.begin);
    else
      add_in_sectors(interval);
  }
  u64 bytes() const;
  u64 sectors() const;

 private:
  static constexpr u64 page_bytes = 65536;
  using Page = std::array<u32, page_bytes / sector_bytes>;  // a word a sector, a bit a byte

  void add_in_sector(u64 begin, u64 bytes) {
    u64 const bits = ((u64{1} << bytes) - 1) << begin % sector_bytes;
    page(begin / page_bytes)[begin % page_bytes / sector_bytes] |= static_cast<u32>(bits);
  }
  void add_in_sectors(Interval const& interval);
  Page& page(u64 number) {
    Recent& recent = recent_[number % recent_.size()];
    if (recent.page == nullptr || recent.number != number) recent = {number, &find(number)};
    return *recent.page;
  }
  Page& find(u64 number);

  struct Recent {
    u64 number = 0;
    Page* page = nullptr;
  };
  std::unordered_map<u64, std::unique_ptr<Page>> pages_;
  std::array<Recent, 16> recent_;
};

}  // namespace heddle::emulated
