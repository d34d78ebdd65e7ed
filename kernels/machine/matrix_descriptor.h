// How wgmma finds an operand in shared memory (PTX ISA, "Matrix-Descriptor Format" and "Strides"; 9.7.15.5.1).
//
// An operand is a matrix of x by k elements: x is m for A and n for B. It consists of chunks of 16 bytes, which lie
// along k where it is K-major and along x where it is MN-major. T below is the elements of a chunk, W the chunks of a
// line, 1, 2, 4, 8 for a swizzle of none, 32, 64, 128 bytes. Eight lines under each other, 8 * 16 W bytes, are an atom.
//   K-major            line: row x, W T elements of k;  next line: x + 1;  next 8 lines: + stride
//                      without a swizzle, the next T of k: + leading; with one, the 32 bytes of k lie within the line
//   MN-major, swizzled line: row k, W T elements of x;  next line: k + 1;  next 8 lines: + stride
//                      the next W T of x: + leading
//   MN-major, plain    the same with the strides exchanged: next 8 of k: + leading; next T of x: + stride
// Then the chunks of a line change places by the swizzle, which goes by the address: so an operand may start in the
// middle of a line, and `advance` is an addition.
#pragma once

#include <bit>

#include "kernels/machine/swizzle.h"

namespace heddle {

/// Along which side of an operand the elements are neighbours in memory.
enum class Major : u8 { k, mn };

struct MatrixDescriptor {
  u64 bits = 0;
  constexpr bool operator==(MatrixDescriptor const&) const = default;
};

struct DescriptorFields {
  u32 address = 0;        // in shared memory, see shared_address
  u32 leading_bytes = 0;  // strides as above
  u32 stride_bytes = 0;
  u32 base_offset = 0;  // of a pattern that starts at no multiple of its period: address / 128 % 8 of its start
  Swizzle swizzle = Swizzle::none;
  constexpr bool operator==(DescriptorFields const&) const = default;
};

namespace detail {

/// 0, 1, 2, 3: none, 128, 64, 32 bytes.
constexpr u64 swizzle_code(Swizzle swizzle) {
  return swizzle == Swizzle::none ? 0 : static_cast<u64>(std::countr_zero(256u / static_cast<u32>(swizzle)));
}

constexpr Swizzle swizzle_of(u64 code) { return code == 0 ? Swizzle::none : static_cast<Swizzle>(256 >> code); }

/// What a multiple of 16 bytes lacks goes to bits that are otherwise zero, so that `defect` finds it.
constexpr u64 descriptor_remainder(u32 bytes) { return static_cast<u64>(bytes % 16) << 52; }

constexpr u64 descriptor_field(u32 bytes, int position) {
  return static_cast<u64>(bytes >> 4 & 0xffff) << position | descriptor_remainder(bytes);
}

}  // namespace detail

/// Byte counts are multiples of 16 below 2^18.
constexpr MatrixDescriptor encode(DescriptorFields const& fields) {
  return {detail::descriptor_field(fields.address, 0) | detail::descriptor_field(fields.leading_bytes, 16) |
          detail::descriptor_field(fields.stride_bytes, 32) | static_cast<u64>(fields.base_offset) << 49 |
          detail::swizzle_code(fields.swizzle) << 62};
}

constexpr DescriptorFields decode(MatrixDescriptor descriptor) {
  auto const bytes = [&](int position) { return static_cast<u32>(descriptor.bits >> position & 0x3fff) * 16; };
  return {.address = bytes(0),
          .leading_bytes = bytes(16),
          .stride_bytes = bytes(32),
          .base_offset = static_cast<u32>(descriptor.bits >> 49 & 7),
          .swizzle = detail::swizzle_of(descriptor.bits >> 62)};
}

/// What is wrong with a descriptor: null when nothing is.
constexpr char const* defect(MatrixDescriptor descriptor) {
  if ((descriptor.bits >> 52 & 0xf) != 0) return "address, strides and steps are multiples of 16 bytes";
  if ((descriptor.bits & 0x3f01'c000'c000'c000) != 0) return "address and strides are below 2^18 bytes";
  DescriptorFields const fields = decode(descriptor);
  if (fields.base_offset * 128 >= swizzle_period(fields.swizzle)) return "the base offset is within the period";
  return nullptr;
}

/// The operand that starts `bytes`, a multiple of 16, further on.
constexpr MatrixDescriptor advance(MatrixDescriptor descriptor, u32 bytes) {
  return {descriptor.bits + (bytes >> 4 | detail::descriptor_remainder(bytes))};
}

/// Where in shared memory element (x, k) of an operand is.
constexpr u32 operand_offset(MatrixDescriptor descriptor, Major major, u32 x, u32 k, u32 element_bytes) {
  DescriptorFields const fields = decode(descriptor);
  bool const plain = fields.swizzle == Swizzle::none;
  u32 const line_bytes = swizzle_span(fields.swizzle);
  u32 const line = major == Major::k ? x : k, along = (major == Major::k ? k : x) * element_bytes;
  bool const exchanged = plain && major == Major::mn;
  u32 const next_lines = exchanged ? fields.leading_bytes : fields.stride_bytes;
  u32 const next_span = exchanged ? fields.stride_bytes : fields.leading_bytes;
  u32 const offset =
      line % 8 * line_bytes + line / 8 * next_lines + along % line_bytes + along / line_bytes * next_span;
  u32 const pattern = fields.base_offset * 128;
  return swizzled(fields.address + offset - pattern, fields.swizzle) + pattern;
}

}  // namespace heddle
