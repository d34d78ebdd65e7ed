#include "kernels/machine/tensor_map_check.h"

#include <cstdint>

#include "kernels/core/error.h"

namespace heddle {
namespace {

constexpr u64 max_size = u64{1} << 32;
constexpr u64 max_stride_bytes = u64{1} << 40;

struct Range {
  i64 first, last;
};

/// Requires value to lie in the range; `index` below 0 is none.
void check_range(i64 value, Range range, char const* what, int index = -1) {
  if (value >= range.first && value <= range.last) return;
  std::string const name = index < 0 ? std::string(what) : what + ("[" + std::to_string(index) + "]");
  fail("[tensor_map] ", name, " must be from ", range.first, " to ", range.last, ": ", name, "=", value);
}

/// What both kinds of description have.
template <class Tensor>
void check_memory(void const* address, Tensor const& tensor, int min_rank) {
  check_range(tensor.rank, {min_rank, max_tensor_rank}, "rank");
  check(address != nullptr && reinterpret_cast<std::uintptr_t>(address) % 16 == 0,
        "[tensor_map] the tensor must start at a multiple of 16 bytes: address=", address,
        "; copy it to an aligned buffer");
  for (int i = 0; i < tensor.rank; ++i) {
    check(tensor.sizes[i] >= 1 && tensor.sizes[i] <= max_size, "[tensor_map] sizes[", i,
          "] must be from 1 to 2^32: sizes[", i, "]=", tensor.sizes[i], "; an empty tensor has no map");
    check_range(tensor.element_strides[i], {1, i == 0 ? 1 : 8}, "element_strides", i);
  }
  for (int i = 0; i + 1 < tensor.rank; ++i)
    check(tensor.strides_bytes[i] % 16 == 0 && tensor.strides_bytes[i] < max_stride_bytes,
          "[tensor_map] strides_bytes[", i, "] must be a multiple of 16 below 2^40: strides_bytes[", i,
          "]=", tensor.strides_bytes[i], "; pad the rows of the tensor");
  check(tensor.fill == TensorFill::zero || is_floating_point(tensor.type),
        "[tensor_map] fill with NaN needs a floating-point type: type=", static_cast<int>(tensor.type),
        "; fill with zero");
}

void check_row(u32 elements, TensorType type, Swizzle swizzle, char const* what) {
  u32 const bytes = elements * element_bytes(type);
  check(bytes % 16 == 0, "[tensor_map] ", what, " must have a multiple of 16 bytes: ", what, "=", elements, ", ", bytes,
        " bytes; round it up, elements beyond the tensor are filled");
  check(swizzle == Swizzle::none || bytes <= swizzle_span(swizzle), "[tensor_map] ", what,
        " must have at most the bytes of the swizzle: ", what, "=", elements, ", ", bytes,
        " bytes, swizzle=", static_cast<int>(swizzle), "; cut the row into several boxes");
}

}  // namespace

void check_tensor(void const* address, TiledTensor const& tensor) {
  check_memory(address, tensor, 1);
  for (int i = 0; i < tensor.rank; ++i) check_range(tensor.box[i], {1, 256}, "box", i);
  check_row(tensor.box[0], tensor.type, tensor.swizzle, "box[0]");
}

void check_tensor(void const* address, Im2colTensor const& tensor) {
  check_memory(address, tensor, 3);
  constexpr Range corners[] = {{-32768, 32767}, {-128, 127}, {-16, 15}};  // for rank 3, 4, 5
  Range const corner = corners[tensor.rank - 3];
  for (int i = 0; i < tensor.rank - 2; ++i) {
    check_range(tensor.lower_corner[i], corner, "lower_corner", i);
    check_range(tensor.upper_corner[i], corner, "upper_corner", i);
    check(static_cast<i64>(tensor.sizes[i + 1]) + tensor.upper_corner[i] - tensor.lower_corner[i] >= 1,
          "[tensor_map] no pixel lies between the corners of dimension ", i + 1, ": size=", tensor.sizes[i + 1],
          ", lower_corner=", tensor.lower_corner[i], ", upper_corner=", tensor.upper_corner[i],
          "; the filter is larger than the padded image");
  }
  check_range(tensor.element_strides[tensor.rank - 1], {1, 1}, "element_strides", tensor.rank - 1);
  check_range(tensor.channels_per_pixel, {1, 256}, "channels_per_pixel");
  check_range(tensor.pixels_per_column, {1, 1024}, "pixels_per_column");
  check_row(tensor.channels_per_pixel, tensor.type, tensor.swizzle, "channels_per_pixel");
}

}  // namespace heddle
