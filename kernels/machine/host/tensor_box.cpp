#include "kernels/machine/host/tensor_box.h"

#include "kernels/machine/host/scheduler/block.h"

namespace heddle::emulated {
namespace {

EncodedMap checked_map(TensorCopy const& copy, bool im2col) {
  Block::current(copy.name).check_architecture(copy.name, 90);
  EncodedMap const map = decoded(copy.name, copy.map, copy.where);
  if (map.im2col != im2col)
    refuse(copy, "the map describes ", map.im2col ? "an Im2colTensor" : "a TiledTensor", ", this copy takes the other");
  if (map.rank != copy.coordinates.size())
    refuse(copy, "a tensor of rank ", int{map.rank}, " has as many coordinates, not ", copy.coordinates.size());
  return map;
}

/// A base position lies within the pixels' box, and offsets have so many bits as the rank leaves them.
void check_pixels(TensorCopy const& copy, EncodedMap const& map, std::span<unsigned short const> offsets) {
  constexpr int bits_of_rank[] = {16, 8, 5};  // 3, 4, 5
  int const bits = bits_of_rank[map.rank - 3];
  for (std::size_t i = 0; i + 2 < map.rank; ++i) {
    i64 const first = map.lower_corner[i], last = map.size(static_cast<int>(i) + 1) - 1 + map.upper_corner[i];
    i32 const coordinate = copy.coordinates[i + 1];
    if (coordinate < first || coordinate > last)
      refuse(copy, "coordinate ", i + 1, " of the base position must be from ", first, " to ", last,
             ", between the corners: coordinate=", coordinate, "; give the position without its offset");
    if (offsets[i] >> bits != 0)
      refuse(copy, "an offset of a tensor of rank ", int{map.rank}, " has ", bits, " bits: offsets[", i,
             "]=", offsets[i]);
  }
}

}  // namespace

CheckedBox tile_of(TensorCopy const& copy) {
  EncodedMap const map = checked_map(copy, false);
  return {map, tiled_box(map, copy.coordinates)};
}

CheckedBox pixels_of(TensorCopy const& copy, std::span<unsigned short const> offsets) {
  EncodedMap const map = checked_map(copy, true);
  check_pixels(copy, map, offsets);
  return {map, im2col_box(map, copy.coordinates, offsets)};
}

}  // namespace heddle::emulated
