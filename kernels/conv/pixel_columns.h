// The pixels that a convolution gathers, as columns that bulk tensor copies bring (im2col).
#pragma once

#include "kernels/conv/gather_axis.h"
#include "kernels/core/divisor.h"
#include "kernels/machine/tensor_map.h"

namespace heddle {

/// What a column of pixels can be of: corners of 8 bits, offsets that are not negative, and strides up to 8.
constexpr bool columns_take(GatherAxis const& axis) {
  i64 const last = axis.offset + i64{axis.count - 1} * axis.step - (axis.source_size - 1);
  return axis.count > 0 && axis.taps > 0 && axis.step <= 8 && axis.offset >= -128 && axis.offset <= 127 &&
         last >= -128 && last <= 127 && axis.tap_offset >= 0 && i64{axis.taps - 1} * axis.tap_offset <= 255;
}

/// Columns of `pixels` pixels x 128 bytes of channels of [images, vertical.source_size, horizontal.source_size,
/// channels]: their bases are where the first tap of target pixels reads, in the order of these.
template <class T>
Im2colTensor pixel_columns(GatherAxis const& vertical, GatherAxis const& horizontal, i64 images, i64 channels,
                           int pixels) {
  auto const last = [](GatherAxis const& axis) {
    return axis.offset + (axis.count - 1) * axis.step - (axis.source_size - 1);
  };
  auto const size = [](auto value) { return static_cast<u64>(value); };
  u64 const pixel = size(channels) * sizeof(T), row = pixel * size(horizontal.source_size);
  return {.type = std::same_as<T, f16> ? TensorType::f16 : TensorType::bf16,
          .rank = 4,
          .sizes = {size(channels), size(horizontal.source_size), size(vertical.source_size), size(images)},
          .strides_bytes = {pixel, row, row * size(vertical.source_size)},
          .lower_corner = {horizontal.offset, vertical.offset},
          .upper_corner = {last(horizontal), last(vertical)},
          .channels_per_pixel = 128 / sizeof(T),
          .pixels_per_column = static_cast<u32>(pixels),
          .element_strides = {1, static_cast<u32>(horizontal.step), static_cast<u32>(vertical.step), 1, 1},
          .swizzle = Swizzle::bytes_128,
          .l2_promotion = L2Promotion::bytes_256};
}

/// Where target pixels and taps are in the source, as copies of columns name them.
struct PixelGrid {
  Divisor of_image, of_row;  // target pixels
  int row_step, row_offset, column_step, column_offset;
  int taps_of_row, tap_row_offset, tap_column_offset;

  PixelGrid() = default;
  PixelGrid(GatherAxis const& vertical, GatherAxis const& horizontal)
      : of_image(i64{vertical.count} * horizontal.count),
        of_row(horizontal.count),
        row_step(vertical.step),
        row_offset(vertical.offset),
        column_step(horizontal.step),
        column_offset(horizontal.offset),
        taps_of_row(horizontal.taps),
        tap_row_offset(vertical.tap_offset),
        tap_column_offset(horizontal.tap_offset) {}

  struct Base {
    int image, row, column;
  };
  /// Of the first tap of a target pixel, counted through all images; beyond the last it is in no image.
  constexpr Base base(i64 pixel) const {
    i64 const within = of_image.remainder(pixel);
    return {static_cast<int>(of_image.quotient(pixel)),
            static_cast<int>(of_row.quotient(within)) * row_step + row_offset,
            static_cast<int>(of_row.remainder(within)) * column_step + column_offset};
  }
};

}  // namespace heddle
