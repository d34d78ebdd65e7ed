#include "kernels/machine/host/checker/shadow.h"

namespace heddle::emulated {

Cell& Shadow::cell(u64 address) {
  u64 const number = address / page_bytes;
  if (last_ == nullptr || number != last_number_) {
    auto& page = pages_[number];
    if (page == nullptr) page = std::make_unique<Page>();
    last_ = page.get();
    last_number_ = number;
  }
  return (*last_)[address % page_bytes / 4];
}

void Shadow::forget(std::span<u8 const> range) {
  auto const begin = reinterpret_cast<u64>(range.data()), end = begin + range.size();
  for (u64 address = begin; address < end; address += 4) cell(address) = Cell{};
}

}  // namespace heddle::emulated
