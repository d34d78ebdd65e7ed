// Descriptions of tensors in global memory, from which bulk tensor copies (tensor_copy.cuh) cut boxes (PTX ISA,
// "Tensors"; CUDA driver API, "Tensor Map Object Management"). Dimensions are given innermost first.
//
// A tensor map is made on the host and handed to a kernel as a member of its Params.
#pragma once

#include <cstddef>

#include "kernels/core/math.h"
#include "kernels/core/types.h"
#include "kernels/machine/swizzle.h"

namespace heddle {

constexpr int max_tensor_rank = 5;

/// tf32 is f32 in memory, which loads round to the nearest of 10 mantissa bits. CUDA's documentation does not say where
/// halves go; the emulator takes the even one, as was seen on sm_120 (triton-lang/triton#11751). Tests must not depend
/// on it.
enum class TensorType : u8 { u8, u16, u32, i32, u64, i64, f16, bf16, f32, f64, tf32 };

constexpr u32 element_bytes(TensorType type) {
  constexpr u32 bytes[] = {1, 2, 4, 4, 8, 8, 2, 2, 4, 8, 4};
  return bytes[static_cast<std::size_t>(type)];
}

constexpr bool is_floating_point(TensorType type) { return type >= TensorType::f16; }

/// What a load writes for elements outside of the tensor. The bits of the NaN are unspecified.
enum class TensorFill : u8 { zero, nan };

/// How much the second-level cache fetches at once.
enum class L2Promotion : u8 { none, bytes_64, bytes_128, bytes_256 };

/// A copy moves a box of ceil(box[i] / element_strides[i]) elements in dimension i, every element_strides[i]-th element
/// of the tensor from the coordinates on; element_strides[0] must be 1.
struct TiledTensor {
  TensorType type = TensorType::f32;
  int rank = 1;
  u64 sizes[max_tensor_rank] = {};              // in elements, 1 to 2^32
  u64 strides_bytes[max_tensor_rank - 1] = {};  // of dimensions 1 … rank-1; multiples of 16 below 2^40
  u32 box[max_tensor_rank] = {1, 1, 1, 1, 1};   // 1 to 256; a row has a multiple of 16 bytes, at most the swizzle span
  u32 element_strides[max_tensor_rank] = {1, 1, 1, 1, 1};  // 1 to 8
  Swizzle swizzle = Swizzle::none;
  L2Promotion l2_promotion = L2Promotion::none;
  TensorFill fill = TensorFill::zero;
};

/// Activations [n][d][h][w][c], [n][h][w][c] or [n][w][c], from which a load takes a column of pixels, as the matrix of
/// a convolution has them. The pixels' base positions walk through the box from lower_corner to size - 1 + upper_corner
/// in steps of element_strides, w first, then h, d and n; the offsets of the load (dilation * filter position) are
/// added to each.
struct Im2colTensor {
  TensorType type = TensorType::f32;
  int rank = 4;                                 // 3 to 5
  u64 sizes[max_tensor_rank] = {};              // c w h d n
  u64 strides_bytes[max_tensor_rank - 1] = {};  // of w h d n
  i32 lower_corner[3] = {};                     // w h d: 16 bits for rank 3, 8 bits each for rank 4, 5 bits for rank 5
  i32 upper_corner[3] = {};                     // w h d: relative to the last pixel
  u32 channels_per_pixel = 1;                   // 1 to 256; a multiple of 16 bytes, at most the swizzle span
  u32 pixels_per_column = 1;                    // 1 to 1024
  u32 element_strides[max_tensor_rank] = {1, 1, 1, 1, 1};  // of c w h d n, 1 to 8; of c and n 1
  Swizzle swizzle = Swizzle::none;
  L2Promotion l2_promotion = L2Promotion::none;
  TensorFill fill = TensorFill::zero;
};

/// Elements of a box in one dimension.
constexpr u32 box_extent(TiledTensor const& tensor, int dimension) {
  return ceil_div(tensor.box[dimension], tensor.element_strides[dimension]);
}

/// Bytes of a box in shared memory, which is what its load completes on the barrier, wherever the box lies.
constexpr u32 box_bytes(TiledTensor const& tensor) {
  u32 bytes = element_bytes(tensor.type);
  for (int i = 0; i < tensor.rank; ++i) bytes *= box_extent(tensor, i);
  return bytes;
}
constexpr u32 box_bytes(Im2colTensor const& tensor) {
  return tensor.pixels_per_column * tensor.channels_per_pixel * element_bytes(tensor.type);
}

/// A description as the device reads it.
struct alignas(64) TensorMap {
  u64 words[16];
};

namespace cuda {
/// The map of a tensor at an address in device memory that is a multiple of 16.
/// Throws an Error that names the value which is out of its limits, or the driver when it knows no tensor maps.
TensorMap make_tensor_map(void const* address, TiledTensor const& tensor);
TensorMap make_tensor_map(void const* address, Im2colTensor const& tensor);
}  // namespace cuda

namespace emulated {
TensorMap make_tensor_map(void const* address, TiledTensor const& tensor);
TensorMap make_tensor_map(void const* address, Im2colTensor const& tensor);
}  // namespace emulated

}  // namespace heddle
