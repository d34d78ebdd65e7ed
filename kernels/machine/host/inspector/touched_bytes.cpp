#include "kernels/machine/host/inspector/touched_bytes.h"

#include <algorithm>
#include <bit>

namespace heddle::emulated {

TouchedBytes::Page& TouchedBytes::page(u64 number) {
  if (last_ != nullptr && number == last_number_) return *last_;
  std::unique_ptr<Page>& page = pages_[number];
  if (page == nullptr) page = std::make_unique<Page>();
  last_ = page.get();
  last_number_ = number;
  return *last_;
}

void TouchedBytes::add(Interval const& interval) {
  for (u64 begin = interval.begin; begin < interval.end;) {
    u64 const end = std::min(interval.end, (begin / sector_bytes + 1) * sector_bytes);
    u64 const bits = ((u64{1} << (end - begin)) - 1) << begin % sector_bytes;
    page(begin / page_bytes)[begin % page_bytes / sector_bytes] |= static_cast<u32>(bits);
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
