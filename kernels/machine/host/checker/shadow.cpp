#include "kernels/machine/host/checker/shadow.h"

namespace heddle::emulated {

Cell& Shadow::cell(u64 address) {
  u64 const number = address / page_bytes;
  Recent& recent = recent_[number % recent_.size()];
  if (recent.page == nullptr || recent.number != number) {
    auto& page = pages_[number];
    if (page == nullptr) page = std::make_unique<Page>();
    recent = {number, page.get()};
  }
  return (*recent.page)[address % page_bytes / 4];
}

void Shadow::forget(std::span<u8 const> range) {
  auto const begin = reinterpret_cast<u64>(range.data()), end = begin + range.size();
  for (u64 address = begin; address < end; address += 4) cell(address) = Cell{};
}

}  // namespace heddle::emulated
