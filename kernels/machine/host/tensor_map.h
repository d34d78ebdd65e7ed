// What the 128 bytes of a tensor map hold in the emulator.
#pragma once

#include <array>
#include <source_location>

#include "kernels/machine/tensor_map.h"

namespace heddle::emulated {

struct EncodedMap {
  static constexpr u32 mark_of_maps = 0x70616d74;

  u32 mark = mark_of_maps;
  TensorType type = TensorType::u8;
  Swizzle swizzle = Swizzle::none;
  TensorFill fill = TensorFill::zero;
  bool im2col = false;
  void* address = nullptr;
  std::array<u64, max_tensor_rank - 1> strides_bytes = {};
  std::array<u32, max_tensor_rank> last = {};  // sizes - 1, which fit
  std::array<std::int16_t, max_tensor_rank> box = {};
  std::array<std::int16_t, 3> lower_corner = {}, upper_corner = {};
  std::int16_t channels = 0, pixels = 0;
  std::array<u8, max_tensor_rank> element_strides = {};
  u8 rank = 0;

  i64 size(int dimension) const { return i64{last[static_cast<std::size_t>(dimension)]} + 1; }
};

/// Throws an Error that names the caller for what make_tensor_map has not made, and for a copy on a thread's stack.
EncodedMap decoded(char const* caller, TensorMap const& map, std::source_location where);

}  // namespace heddle::emulated
