// The boxes of tensor copies, checked, and how they lie in shared memory.
#pragma once

#include "kernels/core/error.h"
#include "kernels/machine/host/scheduler/warp.h"
#include "kernels/machine/host/tensor_copy.h"
#include "kernels/machine/host/tensor_rows.h"

namespace heddle::emulated {

struct CheckedBox {
  EncodedMap map;
  Box box;

  /// Of the box in shared memory: a swizzle moves chunks within spans, the last of which it may not fill.
  u32 footprint() const { return round_up(box.bytes(), swizzle_span(map.swizzle)); }
};

constexpr u32 chunk_bytes = 16;  // that a swizzle moves

template <class... Parts>
[[noreturn]] void refuse(TensorCopy const& copy, Parts const&... parts) {
  fail(copy.name, " at ", describe(copy.where), ": ", parts...);
}

/// The box of a TiledTensor at the coordinates. Throws an Error for a map of another kind or rank.
CheckedBox tile_of(TensorCopy const& copy);

/// The column of an Im2colTensor. Throws an Error besides for a base position that is not between the corners, and for
/// offsets with more bits than the rank leaves them.
CheckedBox pixels_of(TensorCopy const& copy, std::span<unsigned short const> offsets);

}  // namespace heddle::emulated
