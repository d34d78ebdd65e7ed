#include "kernels/machine/host/tensor_rows.h"

#include <algorithm>
#include <array>

namespace heddle::emulated {
namespace {

using Position = std::array<i64, max_tensor_rank>;

/// `elements` from the position on.
BoxRow row_at(EncodedMap const& map, Position const& position, i64 elements) {
  i64 const first = std::max<i64>(position[0], 0), end = std::min(position[0] + elements, map.size(0));
  bool inside = first < end;
  i64 const element = element_bytes(map.type);
  i64 offset = first * element;
  for (int i = 1; i < map.rank; ++i) {
    auto const index = static_cast<std::size_t>(i);
    inside &= position[index] >= 0 && position[index] < map.size(i);
    offset += position[index] * static_cast<i64>(map.strides_bytes[index - 1]);
  }
  if (!inside) return {};
  return {static_cast<u8*>(map.address) + offset, static_cast<u32>((first - position[0]) * element),
          static_cast<u32>((end - first) * element)};
}

Position start(std::span<i32 const> coordinates) {
  Position position = {};
  std::copy(coordinates.begin(), coordinates.end(), position.begin());
  return position;
}

/// The next base position: along w, then h, d and n.
void step(EncodedMap const& map, Position& position) {
  for (std::size_t i = 0; i + 2 < map.rank; ++i) {
    position[i + 1] += map.element_strides[i + 1];
    if (position[i + 1] <= map.size(static_cast<int>(i) + 1) - 1 + map.upper_corner[i]) return;
    position[i + 1] = map.lower_corner[i];
  }
  ++position[map.rank - std::size_t{1}];
}

}  // namespace

Box tiled_box(EncodedMap const& map, std::span<i32 const> coordinates) {
  i64 const elements = map.box[0];
  std::size_t rows = 1;
  for (std::size_t i = 1; i < map.rank; ++i) rows *= static_cast<std::size_t>(map.box[i]);
  Box box = {static_cast<u32>(elements) * element_bytes(map.type), {}};
  Position const first = start(coordinates);
  for (std::size_t row = 0; row < rows; ++row) {
    Position position = first;
    std::size_t left = row;
    for (std::size_t i = 1; i < map.rank; ++i) {
      auto const extent = static_cast<std::size_t>(map.box[i]);
      position[i] += static_cast<i64>(left % extent) * map.element_strides[i];
      left /= extent;
    }
    box.rows.push_back(row_at(map, position, elements));
  }
  return box;
}

Box im2col_box(EncodedMap const& map, std::span<i32 const> coordinates, std::span<unsigned short const> offsets) {
  Position base = start(coordinates);
  Box box = {static_cast<u32>(map.channels) * element_bytes(map.type), {}};
  for (int pixel = 0; pixel < map.pixels; ++pixel) {
    Position position = base;
    for (std::size_t i = 0; i + 2 < map.rank; ++i) position[i + 1] += offsets[i];
    box.rows.push_back(row_at(map, position, map.channels));
    step(map, base);
  }
  return box;
}

}  // namespace heddle::emulated
