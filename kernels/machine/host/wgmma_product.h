// One warp's part of a product of its warpgroup: rows 16 w to 16 w + 15 of D.
#pragma once

#include "kernels/machine/host/scheduler/block.h"
#include "kernels/machine/wgmma.h"

namespace heddle::emulated {

struct WgmmaProduct;

/// An instruction without its types.
struct WgmmaKind {
  int n, k;
  int registers;  // of D in a thread
  WgmmaOptions options;
  bool a_in_registers;
  /// Adds a product to D, or sets D to it: words [warp_size][registers].
  /// Throws an Error for an operand that is not within shared memory.
  void (*multiply)(WgmmaProduct const& product, u32* d);
};

struct WgmmaProduct {
  WgmmaKind const* kind;
  Block* block;
  int thread;  // for which accesses are reported
  MatrixDescriptor a, b;
  std::array<std::array<u32, 4>, warp_size> a_registers;
  bool accumulate;
  std::source_location where;
};

/// For elements A and B, and Element of D.
template <class A, class B, class Element>
void multiply(WgmmaProduct const& product, u32* d);

}  // namespace heddle::emulated
