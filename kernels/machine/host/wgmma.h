// wgmma of the emulator, behind the templates of wgmma.cuh.
#pragma once

#include "kernels/machine/host/wgmma_product.h"

namespace heddle::emulated {

/// What a lane brings.
struct WgmmaOperands {
  u32* d;
  u32 const* a_registers;  // [4], or null
  MatrixDescriptor a, b;
  bool accumulate;
};

/// From the last of the 32 lanes that come to a product.
void issue_product(WgmmaKind const& kind, Request const* requests);
void fence_products(std::source_location where);
void commit_products(std::source_location where);
void wait_for_products(int pending, std::source_location where);

}  // namespace heddle::emulated
