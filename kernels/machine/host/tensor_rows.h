// Where the rows of a box lie in global memory.
#pragma once

#include <span>
#include <vector>

#include "kernels/machine/host/tensor_map.h"

namespace heddle::emulated {

/// The elements of a box that are neighbours in dimension 0: in shared memory all of them, in global memory those
/// inside of the tensor.
struct BoxRow {
  u8* data = nullptr;  // the first inside
  u32 skipped = 0;     // bytes before it
  u32 bytes = 0;       // inside; 0: the row lies outside
};

struct Box {
  u32 row_bytes;
  std::vector<BoxRow> rows;
  u32 bytes() const { return row_bytes * static_cast<u32>(rows.size()); }
};

/// PTX ISA, "Tiled Mode": element i of dimension d is that at coordinates[d] + i * element_strides[d].
Box tiled_box(EncodedMap const& map, std::span<i32 const> coordinates);

/// PTX ISA, "im2col mode", from a base position within the pixels' box on.
Box im2col_box(EncodedMap const& map, std::span<i32 const> coordinates, std::span<unsigned short const> offsets);

}  // namespace heddle::emulated
