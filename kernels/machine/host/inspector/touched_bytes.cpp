#include "kernels/machine/host/inspector/touched_bytes.h"

#include <algorithm>
#include <bit>

namespace heddle::emulated {

TouchedBytes::Page& TouchedBytes::find(u64 number) {
  std::unique_ptr<Page>& page = pages_[number];
  if (page == nullptr) page = std::make_unique<Page>();
  return *page;
}

void TouchedBytes::add_in_sectors(Interval const& interval) {
  for (u64 begin = interval.begin; begin < interval.end;) {
    u64 const end = std::min(interval.end, (begin / sector_bytes + 1) * sector_bytes);
    add_in_sector(begin, end - begin);
    begin = end;
  }
}

u64 TouchedBytes::bytes() const {
  u64 count = 0;
  for (auto const& [number, page] : pages_)
    for (u32 const word : *page) count += static_cast<u64>(std::popcount(word));
  return count;
}

u64 TouchedBytes::sectors() const {
  u64 count = 0;
  for (auto const& [number, page] : pages_)
    for (u32 const word : *page) count += word != 0;
  return count;
}

}  // namespace heddle::emulated
