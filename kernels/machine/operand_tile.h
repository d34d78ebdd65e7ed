// Tiles of shared memory that wgmma takes operands from, and bulk tensor copies write.
//
// A tile is a matrix of lines: rows x of a K-major operand, rows k of an MN-major one. It is cut along its lines into
// panels as wide as the swizzle, which follow each other: a panel is what one bulk tensor copy brings whose box is
// `lines` by swizzle_span bytes. Within it the lines follow each other, swizzled.
#pragma once

#include "kernels/machine/matrix_descriptor.h"

namespace heddle {

struct OperandTile {
  Major major = Major::k;
  Swizzle swizzle = Swizzle::bytes_128;
  u32 lines = 0;  // a multiple of 8
};

/// Of `length` rows of A, or columns of B, and `depth` elements along k: multiples of 8.
constexpr OperandTile operand_tile(Major major, int length, int depth) {
  return {.major = major, .lines = static_cast<u32>(major == Major::k ? length : depth)};
}

/// Of one panel.
constexpr u32 panel_bytes(OperandTile tile) { return tile.lines * swizzle_span(tile.swizzle); }

/// Where byte `byte` of a line is, from the start of the tile, which is a multiple of the period of the swizzle.
constexpr u32 tile_offset(OperandTile tile, u32 line, u32 byte) {
  u32 const span = swizzle_span(tile.swizzle);
  return byte / span * panel_bytes(tile) + swizzled(line * span + byte % span, tile.swizzle);
}

/// The operand at the start of a tile that is at `address` of shared memory.
constexpr MatrixDescriptor describe_tile(OperandTile tile, u32 address) {
  u32 const lines = 8 * swizzle_span(tile.swizzle), panel = panel_bytes(tile);
  bool const plain = tile.swizzle == Swizzle::none;
  bool const exchanged = plain && tile.major == Major::mn;
  u32 const next_span = plain || tile.major == Major::mn ? panel : 0;  // 0: the operand ends within its line
  return encode({.address = address,
                 .leading_bytes = exchanged ? lines : next_span,
                 .stride_bytes = exchanged ? next_span : lines,
                 .swizzle = tile.swizzle});
}

/// By how many bytes to advance to the operand that starts at element (x, k) of the tile: the line is a multiple of 8,
/// the other a multiple of 32 bytes where K-major, and of a panel where MN-major.
constexpr u32 operand_step(OperandTile tile, u32 x, u32 k, u32 element_bytes) {
  u32 const span = swizzle_span(tile.swizzle);
  u32 const line = tile.major == Major::k ? x : k, byte = (tile.major == Major::k ? k : x) * element_bytes;
  return byte / span * panel_bytes(tile) + byte % span + line * span;
}

}  // namespace heddle
