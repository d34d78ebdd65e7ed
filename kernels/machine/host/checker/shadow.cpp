#include "kernels/machine/host/checker/shadow.h"

namespace heddle::emulated {

Shadow::Page& Shadow::find(u64 number) {
  std::unique_ptr<Page>& page = pages_[number];
  if (page == nullptr) page = std::make_unique<Page>();
  return *page;
}

void Shadow::forget(std::span<u8 const> range) {
  auto const begin = reinterpret_cast<u64>(range.data()), end = begin + range.size();
  for (u64 address = begin; address < end; address += 4) cell(address) = Cell{};
}

}  // namespace heddle::emulated
