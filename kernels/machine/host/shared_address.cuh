// Addresses of shared memory as PTX takes them.
#pragma once

#include "kernels/machine/host/scheduler/block.h"

namespace heddle::emulated {

/// Offset of an address in the shared memory of its block. Throws an Error for one that is not there.
inline u32 shared_address(void const* address, std::source_location where = std::source_location::current()) {
  Block const& block = Block::current("shared_address");
  block.check_shared("shared_address", address, 0, where);
  return static_cast<u32>(static_cast<u8 const*>(address) - block.shared().data());
}

}  // namespace heddle::emulated
