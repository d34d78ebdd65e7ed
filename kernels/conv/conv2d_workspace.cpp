// What the kernels keep beside the tensors.
#include <algorithm>

#include "kernels/conv/conv2d_product.h"
#include "kernels/conv/conv_special.h"

namespace heddle {

i64 depthwise_parts(Conv2dShape const& shape) {
  // 8 blocks for each of the 132 multiprocessors of an H200, which have 128 bytes of bf16 channels and 1024 pixels.
  constexpr i64 wanted_blocks = 8 * 132, channels = 64, least_pixels = 1024;
  i64 const pixels = shape.n * shape.p() * shape.q(), slabs = ceil_div<i64>(shape.c, channels);
  return std::clamp<i64>(wanted_blocks / std::max<i64>(slabs, 1), 1, std::max<i64>(pixels / least_pixels, 1));
}

i64 product_parts(Conv2dShape const& shape) {
  // 2 tiles for each of the 132 multiprocessors of an H200, of 1024 pixels at least.
  constexpr i64 tile = 128, wanted_tiles = 2 * 132, least_pixels = 1024;
  i64 const pixels = pixels_of(shape), tiles = ceil_div(shape.k, tile) * ceil_div(shape.c, tile);
  i64 parts = std::clamp<i64>(wanted_tiles / std::max<i64>(tiles, 1), 1, std::max<i64>(pixels / least_pixels, 1));
  while (pixels % parts != 0) --parts;
  return parts;
}

namespace {

/// Sums and products of the channels of each block of pixels.
template <class T>
std::size_t epilogue_bytes(Epilogue<T> const& epilogue, i64 row_blocks, i64 channels) {
  return epilogue.reduces_columns() ? static_cast<std::size_t>(2 * row_blocks * channels) * sizeof(f32) : 0;
}

}  // namespace

template <class T>
std::size_t Conv2dForwardArgs<T>::workspace_bytes() const {
  if (goes(ConvPath::gemm, *this)) return product_of(*this).workspace_bytes();
  return epilogue_bytes(epilogue, most_row_blocks(shape.n * shape.p() * shape.q(), 1), shape.k);
}

template <class T>
std::size_t Conv2dBackwardDataArgs<T>::workspace_bytes() const {
  if (goes(ConvPath::gemm, *this)) return product_of(*this).workspace_bytes();
  i64 const phases = shape.stride_h * shape.stride_w;
  return epilogue_bytes(epilogue, most_row_blocks(shape.n * shape.h * shape.w, phases), shape.c);
}

template <class T>
std::size_t Conv2dBackwardFilterArgs<T>::workspace_bytes() const {
  auto const gradients = [&](i64 parts) {
    return static_cast<std::size_t>(parts * shape.filter_count()) * sizeof(f32);
  };
  if (goes(ConvPath::depthwise, *this)) return gradients(depthwise_parts(shape));
  if (goes(ConvPath::gemm, *this))
    return ceil_div<std::size_t>(gradients(product_parts(shape)), 256) * 256 + product_of(*this).workspace_bytes();
  return gradients(partial_filter_gradients(shape));
}

template struct Conv2dForwardArgs<f32>;
template struct Conv2dForwardArgs<f16>;
template struct Conv2dForwardArgs<bf16>;
template struct Conv2dBackwardDataArgs<f32>;
template struct Conv2dBackwardDataArgs<f16>;
template struct Conv2dBackwardDataArgs<bf16>;
template struct Conv2dBackwardFilterArgs<f32>;
template struct Conv2dBackwardFilterArgs<f16>;
template struct Conv2dBackwardFilterArgs<bf16>;

}  // namespace heddle
