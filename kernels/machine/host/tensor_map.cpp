#include "kernels/machine/host/tensor_map.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "kernels/core/error.h"
#include "kernels/machine/host/scheduler/block.h"
#include "kernels/machine/tensor_map_check.h"

namespace heddle::emulated {
namespace {

static_assert(sizeof(EncodedMap) <= sizeof(TensorMap));

/// What both kinds of description have.
template <class Tensor>
EncodedMap encoded(void const* address, Tensor const& tensor) {
  EncodedMap map;
  map.type = tensor.type;
  map.swizzle = tensor.swizzle;
  map.fill = tensor.fill;
  map.address = const_cast<void*>(address);
  map.rank = static_cast<u8>(tensor.rank);
  std::copy_n(tensor.strides_bytes, map.strides_bytes.size(), map.strides_bytes.begin());
  for (std::size_t i = 0; i < map.last.size(); ++i) {
    map.last[i] = static_cast<u32>(tensor.sizes[i] - 1);
    map.element_strides[i] = static_cast<u8>(tensor.element_strides[i]);
  }
  return map;
}

TensorMap as_bytes(EncodedMap const& encoded) {
  TensorMap map = {};
  std::memcpy(&map, &encoded, sizeof encoded);
  return map;
}

}  // namespace

TensorMap make_tensor_map(void const* address, TiledTensor const& tensor) {
  check_tensor(address, tensor);
  EncodedMap map = encoded(address, tensor);
  for (int i = 0; i < tensor.rank; ++i)
    map.box[static_cast<std::size_t>(i)] = static_cast<std::int16_t>(box_extent(tensor, i));
  return as_bytes(map);
}

TensorMap make_tensor_map(void const* address, Im2colTensor const& tensor) {
  check_tensor(address, tensor);
  EncodedMap map = encoded(address, tensor);
  map.im2col = true;
  for (std::size_t i = 0; i < map.lower_corner.size(); ++i) {
    map.lower_corner[i] = static_cast<std::int16_t>(tensor.lower_corner[i]);
    map.upper_corner[i] = static_cast<std::int16_t>(tensor.upper_corner[i]);
  }
  map.channels = static_cast<std::int16_t>(tensor.channels_per_pixel);
  map.pixels = static_cast<std::int16_t>(tensor.pixels_per_column);
  return as_bytes(map);
}

EncodedMap decoded(char const* caller, TensorMap const& map, std::source_location where) {
  EncodedMap encoded;
  std::memcpy(static_cast<void*>(&encoded), &map, sizeof encoded);
  if (encoded.mark != EncodedMap::mark_of_maps || reinterpret_cast<std::uintptr_t>(&map) % 64 != 0)
    fail(caller, " at ", describe(where), ": no tensor map of the emulator: map=", &map,
         "; make it with emulated::make_tensor_map, a member of Params");
  if (Block::current(caller).is_on_stack(&map))
    fail(caller, " at ", describe(where),
         ": the map is a copy on the stack of the thread, where a GPU does not read it", ": map=", &map,
         "; take it by reference from Params");
  return encoded;
}

}  // namespace heddle::emulated
