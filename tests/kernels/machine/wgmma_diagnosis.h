// Tiles of wrong kernels with wgmma.
#pragma once

#include "tests/kernels/machine/diagnosis.h"

namespace heddle::emulated {

struct Tiles {
  alignas(1024) bf16 a[64 * 64];
  alignas(1024) bf16 b[64 * 64];
};

inline constexpr OperandTile operand_tile = {.lines = 64};

inline MatrixDescriptor a_of(Tiles& tiles) { return describe_tile(operand_tile, shared_address(tiles.a)); }
inline MatrixDescriptor b_of(Tiles& tiles) { return describe_tile(operand_tile, shared_address(tiles.b)); }

inline void fill(Tiles& tiles, f32 value) {
  for (unsigned i = threadIdx.x; i < 64 * 64; i += blockDim.x) tiles.a[i] = tiles.b[i] = bf16(value);
  fence_proxy_async();
}

/// A product, all of it right, into d [64, 64].
inline void multiply(f32 (&d)[32], MatrixDescriptor a, MatrixDescriptor b) {
  wgmma_fence(d);
  wgmma<bf16>(d, a, b, false);
  wgmma_commit();
  wgmma_wait<0>(d);
}

}  // namespace heddle::emulated
